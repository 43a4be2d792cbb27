// A sheet of 280 x 280 pixels to draw on: by pointer, by finger, or by keys.
const sheet = element.querySelector("canvas");
const ink = sheet.getContext("2d");
const pen = { x: 140, y: 60, isDown: false };

const blank = () => {
  ink.fillStyle = "#fff";
  ink.fillRect(0, 0, 280, 280);
  ink.lineWidth = 20;
  ink.lineCap = ink.lineJoin = "round";
  props.value = "";
};
const done = () => { props.value = sheet.toDataURL("image/png"); };
const line = (x, y) => {
  ink.beginPath();
  ink.moveTo(pen.x, pen.y);
  ink.lineTo(x, y);
  ink.stroke();
  pen.x = x;
  pen.y = y;
};
const place = (event) => {
  const box = sheet.getBoundingClientRect();
  return [((event.clientX - box.left) * 280) / box.width, ((event.clientY - box.top) * 280) / box.height];
};

sheet.addEventListener("pointerdown", (event) => {
  [pen.x, pen.y] = place(event);
  pen.isDown = true;
  sheet.setPointerCapture(event.pointerId);
  line(pen.x, pen.y);
});
sheet.addEventListener("pointermove", (event) => { if (pen.isDown) line(...place(event)); });
sheet.addEventListener("pointerup", () => { pen.isDown = false; done(); });
sheet.addEventListener("pointercancel", () => { pen.isDown = false; done(); });

// Arrow keys draw 14 pixels; with Shift they only move the pen.
const steps = { ArrowLeft: [-14, 0], ArrowRight: [14, 0], ArrowUp: [0, -14], ArrowDown: [0, 14] };
sheet.addEventListener("keydown", (event) => {
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const [x, y] = [Math.min(Math.max(pen.x + step[0], 10), 270), Math.min(Math.max(pen.y + step[1], 10), 270)];
  if (event.shiftKey) {
    pen.x = x;
    pen.y = y;
  } else {
    line(x, y);
    done();
  }
});
element.querySelector("button").addEventListener("click", blank);
blank();
