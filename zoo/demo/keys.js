// Enter chooses what has the focus, and arrow keys go on to the next choice: Gradio gives each radio
// button a name of its own, so that browsers take them for choices that have nothing to do with each other.
() => {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Enter: 0 };
  document.addEventListener("keydown", (event) => {
    const here = event.target;
    if (here.type !== "radio" || !(event.key in steps)) return;
    event.preventDefault();
    const all = [...here.closest("fieldset, .block").querySelectorAll("input[type=radio]")];
    const next = all[(all.indexOf(here) + steps[event.key] + all.length) % all.length];
    next.focus();
    next.click();
  });
}
