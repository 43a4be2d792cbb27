"""What every recipe shares: its common options, and the way from batches to a finished model.

A recipe is then its data, its model and its numbers.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

import zoo
from zoo.backend.compiled import jit_compile
from zoo.backend.gradients import can_watch_gradients
from zoo.errors import ConfigError, LostWorkerError, ZooError
from zoo.experiments.dry_run import dry_run
from zoo.experiments.epochs import Epochs as Epochs
from zoo.experiments.epochs import epochs_of as epochs_of
from zoo.experiments.epochs import recordings_of as recordings_of
from zoo.experiments.epochs import streams_of as streams_of
from zoo.experiments.epochs import windows_of as windows_of
from zoo.experiments.summary import run_summary, saved_summary, summary_lines
from zoo.files import replacing
from zoo.training.callbacks import ProgressBar
from zoo.training.epochs import Validation, choose_weights, train_epochs
from zoo.training.experiment import every_nth as every_nth
from zoo.training.growing import grow_from
from zoo.training.losses import SmoothedCrossEntropy
from zoo.training.optimizers import MovingAverage, adam
from zoo.training.plateau import HalveRate, WarmupPlateau
from zoo.training.scheduled_sampling import SCHEDULES, Constant, ScheduledSampling
from zoo.training.schedules import SHAPES, schedule_of
from zoo.training.strategies import STRATEGIES, distribution_scope, replica_count, strategy_of
from zoo.training.tensorboard import TensorBoardLog
from zoo.training.training_run import TrainingRun, check_settings
from zoo.training.workers import workers_of

# Options that say where a run is and how long it goes on, not what it is.
MAY_CHANGE: tuple[str, ...] = ("run", "out", "average", "keep_best", "epochs", "patience")
MAY_CHANGE += ("mix_start", "strategy", "dry_run", "tensorboard", "tensorboard_every")
# Options that the size of one's own data decides where they are not given.
SIZED: tuple[str, ...] = ("epochs", "batch_tokens", "units", "embedding_size", "dropout")
SIZED += ("vocabulary_size", "attention")


def options(doc: str, *, run: str, out: str, **defaults: Any) -> argparse.ArgumentParser:
    """A parser with the options of every recipe, to which a recipe adds its own.

    Args:
        doc: docstring of the recipe, whose first line describes it.
        run: folder of the run, where none is given.
        out: file of the finished model, where none is given.
        **defaults: of the other options, where they are not as below.
    """
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    group = parser.add_argument_group("training, as in every recipe")
    add = group.add_argument
    add("--run", default=run, help="folder of the run")
    add("--out", default=out, help="the finished model")
    add("--fraction", type=float, default=1.0, help="part of the data to train on")
    add("--epochs", type=int, default=10, help="may grow when a run goes on")
    add("--batch-tokens", type=int, default=1024)
    add("--learning-rate", type=float, default=1e-3)
    add("--schedule", choices=sorted(SHAPES), default="linear", help="of the rate after the rise")
    add("--warmup", type=int, default=300, help="steps in which the rate rises")
    add("--decay", type=float, default=0.7, help="part of the run in which the rate falls")
    add("--plateau", type=int, help="epochs without a better score that halve its rate; else 2")
    add("--clip", type=float, default=1.0, help="norm of all gradients together; 0: any")
    add("--clip-value", type=float, help="of each gradient")
    add("--weight-decay", type=float, default=0.0)
    add("--accumulate", type=int, default=1, help="batches of which the mean makes a step")
    add("--smoothing", type=float, default=0.0, help="label smoothing")
    add("--average", type=int, default=5, help="last epochs kept for averaging")
    add("--keep-best", type=int, default=1, help="best epochs kept")
    add("--moving-average", type=float, default=0.0, help="its decay, such as 0.999; 0: none")
    mix = "parts of the weights begun with that are mixed with the best, and tried too"
    add("--mix-start", type=float, nargs="+", default=[], metavar="PART", help=mix)
    add("--patience", type=int, help="epochs without a better score that end the run")
    add("--seed", type=int, default=1)
    add("--precision", default="float32", help="mixed_bfloat16, mixed_float16: where it is fast")
    add("--strategy", choices=STRATEGIES, default="one", help="devices to train on")
    add("--init-from", help="released name or saved file to start from")
    add("--tensorboard", action="store_true", help="scalars and statistics, in the run's folder")
    add("--tensorboard-every", type=int, default=500, help="steps from one looked into to the next")
    add("--dry-run", action="store_true", help="say sizes, memory and time, and train nothing")
    known = {action.dest for action in group._group_actions}
    if defaults.keys() - known:
        raise TypeError(f"No recipe has the options {sorted(defaults.keys() - known)}.")
    parser.set_defaults(**defaults)
    return parser


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Adds the options of scheduled sampling, for models that read their own outputs."""
    add = parser.add_argument_group("scheduled sampling (Bengio et al. 2015)").add_argument
    add("--sampling", choices=["none", "model", "uniform", "always"], default="none")
    add("--sampling-decay", choices=sorted(SCHEDULES), default="inverse_sigmoid")
    add("--sampling-half", type=float, default=3000, help="step at which half the tokens are true")
    add("--sampling-each", choices=["token", "sequence"], default="token")
    add("--sampling-by", choices=["pass", "loop"], default="pass")


def start(main: Callable[[], None]) -> None:
    """Runs a recipe: what a user did wrong is one sentence and exit code 2, Ctrl-C code 130."""
    try:
        main()
    except ZooError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(getattr(error, "exit_code", 2)) from error


def parsed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options of the command line, checked, and the random generators set to the seed."""
    args = parser.parse_args()
    require_fraction(args.fraction)
    if args.epochs < 1:
        raise ConfigError(f"--epochs is at least 1, not {args.epochs}.")
    if any(not 0 < part < 1 for part in args.mix_start):
        raise ConfigError(f"--mix-start has parts above 0 and below 1, not {args.mix_start}.")
    if args.mix_start and not args.init_from:
        raise ConfigError("--mix-start mixes with the weights of --init-from: give both.")
    strategy_of(args.strategy)  # which connects several machines before anything is computed
    keras.utils.set_random_seed(args.seed)
    return args


def require_fraction(fraction: float) -> None:
    """Refuses a part of the data that is none."""
    if not 0 < fraction <= 1:
        raise ConfigError(f"--fraction is above 0 and at most 1, not {fraction}.")


def part_of(args: argparse.Namespace, part: str, settings: Mapping, **changed):
    """The options of a part of a run, whose folder in the run's has no part with other settings."""
    check_settings(f"{args.run}/{part}", settings, MAY_CHANGE)
    return argparse.Namespace(**{**vars(args), "run": f"{args.run}/{part}", **changed})


def made_once(path: Path, make: Callable[[], bytes], strategy: str | None = None) -> bytes:
    """The content of a file of a run, which is made if it is missing, of workers by the chief."""
    with chief_first(strategy) as is_chief:
        if is_chief and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as part:
                part.write_bytes(make())
    return path.read_bytes()


@contextlib.contextmanager
def chief_first(strategy: str | None) -> Iterator[bool]:
    """Says whether this process is the chief; the others wait at the end until it is there too."""
    workers = workers_of(strategy_of(strategy))
    yield workers.is_chief
    with workers.together():
        workers.wait()


def fingerprint(examples: Any) -> str:
    """A hash of examples, by which a run knows its data again."""
    digest = hashlib.blake2b(digest_size=16)
    for example in examples:
        digest.update(repr(example).encode())
    return digest.hexdigest()


def train(
    args: argparse.Namespace,
    build: Callable[[str], keras.Model],
    epochs: Epochs,
    score: Callable[[keras.Model], Mapping[str, float]],
    *,
    metric: str,
    lower_is_better: bool = False,
    digits: int = 2,
    choose: Callable[[keras.Model], Mapping[str, float]] | None = None,
    loss: Any = "smoothed",
    begin: keras.Model | Callable[[keras.Model], Any] | None = None,
    wrap: Callable[[keras.Model], keras.Model] | None = None,
    samples: Callable[[keras.Model], Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    say: Callable[[str], None] = lambda line: print(line, flush=True),
) -> keras.Model:
    """Trains a model as the options say, and gives it the best of the weights.

    Interrupted, it goes on where it was when it is called again with the same options.

    Args:
        args: from `parsed`.
        build: gives the untrained model for a dtype policy.
        epochs: what is trained on.
        score: of a model on the validation split, by data set; read after each epoch.
        metric: what the scores are.
        lower_is_better: whether they are losses.
        digits: with how many after the point they are shown.
        choose: a more careful score, by which weights are chosen in the end. None: `score`.
        loss: "smoothed", cross-entropy with `--smoothing`; or a Keras loss, or None.
        begin: a model whose weights the untrained one begins with, or what gives it others. None:
            those of `--init-from`.
        wrap: a model around the model that is fitted in its place.
        samples: lines that show what the model writes, printed after each epoch.
        settings: what makes the run what it is, in place of the options.
        say: is given lines of text.

    Returns:
        A model in float32 with the chosen weights, not compiled. Of several processes that train
        it the chief alone returns, the others end when weights are chosen.

    Raises:
        ConfigError, DamagedFileError, BusyError, DiskError: see `TrainingRun`.
        Interrupted: on Ctrl-C or SIGTERM, when the state is saved.
        LostWorkerError: if another of several processes ended or cannot be reached.
    """
    if args.dry_run and workers_of(strategy_of(args.strategy)).count > 1:
        raise ConfigError("--dry-run measures one process: leave out --strategy multiworker.")
    steps = epochs.steps * args.epochs // args.accumulate
    rise = args.warmup if args.warmup is not None else _rise(steps)
    schedule = schedule_of(args.schedule, args.learning_rate, steps, rise, args.decay)
    with distribution_scope(args.strategy):
        model = build(args.precision)
        trained = _sampled(args, wrap(model) if wrap else model)
        trained.compile(
            optimizer=adam(
                schedule,
                clip=args.clip,
                clip_value=args.clip_value,
                weight_decay=args.weight_decay,
                accumulate=args.accumulate,
            ),
            loss=SmoothedCrossEntropy(args.smoothing) if loss == "smoothed" else loss,
            jit_compile=jit_compile(),
        )
    finished = build("float32")  # what is validated and saved
    if isinstance(begin, keras.Model):
        grow_from(begin, model)
    elif begin:
        begin(model)
    elif args.init_from:
        grow_from(zoo.load(args.init_from), model)
    if args.dry_run:  # and leave nothing behind
        for line in dry_run(trained, epochs, args.epochs):
            say(line)
        raise SystemExit(0)
    start = trained.get_weights() if args.mix_start else ()
    average = MovingAverage(model, args.moving_average) if args.moving_average else None
    callbacks: list[keras.callbacks.Callback] = [average] if average else []
    run = TrainingRun(
        args.run,
        trained,
        keep=args.average,
        settings=dict(vars(args) if settings is None else settings),
        may_change=MAY_CHANGE,
        keep_best=args.keep_best,
        extra=average.variables if average else (),
        strategy=args.strategy,
    )
    if isinstance(schedule, WarmupPlateau):
        callbacks.append(HalveRate(run, schedule, args.plateau or 2))
    board = None
    if args.tensorboard and run.workers.is_chief:
        board = TensorBoardLog(run, epochs, args.tensorboard_every, _inside(args, say))
        callbacks.append(board)
    if run.workers.is_chief:
        say(
            f"{model.count_params():,} parameters, {epochs.description}, "
            f"{epochs.tokens:,} labels and {epochs.steps:,} steps an epoch, "
            f"{epochs.padding:.0%} padding; {run.epoch} epochs and {run.step} steps are done"
        )
    bar = ProgressBar(args.epochs, epochs.steps, epochs.tokens, epochs.padding, run.epoch, run.step)

    def scored(by, average=None):
        finished.set_weights(model.get_weights())
        if average:
            average.give_to(finished)
        return by(finished)

    def quickly():
        scores = scored(score, average)
        if board:
            board.scores(scores)
        return scores

    quick = Validation(
        quickly,
        metric,
        lower_is_better,
        digits,
        samples=(lambda: samples(finished)) if samples else None,
    )
    train_epochs(
        run,
        args.epochs,
        epochs.steps,
        epochs.batches,
        quick,
        bar,
        callbacks,
        args.patience,
    )
    if not run.workers.is_chief:
        with run.workers.together():
            run.workers.wait()  # until weights are chosen: the chief takes who leaves for lost
        raise SystemExit(0)
    thorough = Validation(lambda: scored(choose or score), metric, lower_is_better, digits)
    candidates = {"moving average": lambda: average.give_to(model)} if average else {}
    chosen = choose_weights(run, thorough, candidates, start, args.mix_start)
    with contextlib.suppress(LostWorkerError), run.workers.together():
        run.workers.wait()
    finished.set_weights(model.get_weights())
    for line in summary_lines(
        run_summary(run, epochs, metric, digits, chosen, getattr(args, "data", None))
    ):
        say(line)
    return finished


def _rise(steps: int) -> int:
    """Steps of the rise of a run so long, where nobody says."""
    return max(1, min(300, steps // 5))


def save(
    args: argparse.Namespace,
    model: keras.Model,
    dtype: str | None = "float11",
    then: str = "evaluate",
) -> None:
    """Writes the finished model, and says with which command of `zoo` to go on."""
    zoo.save(model, args.out, dtype=dtype)
    for line in summary_lines(saved_summary(args.out, f"zoo {then} {args.out}")):
        print(line, flush=True)


def _inside(args: argparse.Namespace, say: Callable[[str], None]) -> bool:
    """Whether statistics can be written beside scalars; else it is said why not."""
    if can_watch_gradients() and replica_count(args.strategy) == 1:
        return True
    say("TensorBoard gets scalars alone: statistics are for one device and TensorFlow's backend.")
    return False


def _sampled(args: argparse.Namespace, model: keras.Model) -> keras.Model:
    """The model, or scheduled sampling around it."""
    asked = getattr(args, "sampling", "none")
    if asked == "none":
        return model
    if asked == "always":
        schedule: Any = Constant(0.0)
    else:
        schedule = SCHEDULES[args.sampling_decay].halving_at(args.sampling_half)
    draws = "uniform" if asked == "uniform" else "model"
    return ScheduledSampling(model, schedule, draws, args.sampling_each, args.sampling_by)
