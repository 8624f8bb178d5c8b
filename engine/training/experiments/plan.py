"""What an experiment compares: a TOML file, read and checked."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_origin

from engine.errors import UsageError
from engine.training.recipes import OBJECTIVES, read_options

BASELINES = ("lsh", "rotated-pca", "itq")
UNROUNDED_COLUMN = "unrounded"
# What each query of a protocol is ranked against, as parts of the split.
DATABASES = {
    "others": ("train", "validation", "database"),
    "unseen": ("database",),
    "queries": ("test",),
}


@dataclass(frozen=True)
class Material:
    """The photos of an experiment and what is known of them.

    Attributes:
        photos: Sources that are split into training, validation and test part.
        transfer: Sources that nothing is trained on and nothing chosen by: the models rank them as they are.
        tree: Class tree of `photos`.
        teacher: Python file with `load_teacher()`; its features are what hash heads are trained on.
        captions: Caption encoder.
        teacher_side: Pixels of the teacher's input.
        side: Pixels that photos are kept at.
        crops: Crops of each photo whose features are cached beside those of the whole.
        fewest: Classes with fewer photos are left out.
        leave_out: Classes that are left out.
        validation, test: Shares of photos that are held out.
        queries: Photos of the test part that are asked for.
        needs: Files that the teacher or the caption encoder reads by itself, such as weights; features are
            kept apart by their names.
    """

    photos: list[str]
    transfer: list[str] = field(default_factory=list)
    tree: str = ""
    teacher: str = ""
    captions: str = ""
    teacher_side: int = 160
    side: int = 112
    crops: int = 2
    fewest: int = 20
    leave_out: list[str] = field(default_factory=list)
    validation: float = 0.1
    test: float = 0.15
    queries: int = 2000
    needs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Protocol:
    """How a published work draws its parts; takes the place of the shares and queries of `Material`.

    Attributes:
        queries: Photos that are asked for; 0 for all of `queries_from`.
        train: Photos that are learned from, those to choose by among them; 0 for all of `train_from`.
        per_class: Whether the two are counts of each class. A photo of several classes is drawn once.
        queries_from, train_from: Published part that they are drawn from: "train", "val", "test"; "" for any.
        database: One of `DATABASES`: all others, those neither asked for nor learned from, or the queries,
            each ranked against the rest of them.
        validation: Share of the training photos that is cut off to choose by.
        seed: Of the draw.
    """

    queries: int
    train: int
    per_class: bool = False
    queries_from: str = ""
    train_from: str = ""
    database: str = "others"
    validation: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class Published:
    """Figures that were read in a source.

    Attributes:
        name: Of the method.
        source: Paper or repository that they stand in.
        measure: As our columns call it.
        figures: In [0, 1], by code length as text or "unrounded"; empty where the source could not be read.
    """

    name: str
    source: str
    measure: str
    figures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Budget:
    """What every row of an experiment may spend.

    Attributes:
        hidden: Width between the two layers of a hash head.
        epochs: Passes over the training part.
        batch: Photos a step.
        learning_rate: Highest rate, where a row names none.
        weight_decay: Of AdamW.
        choose_by: Validation measure that epochs and candidates are chosen by.
        cuts: The R of mAP@R.
        bits: Code lengths.
        seeds: Of weights and order.
        tuning_bits: Length at which candidates are compared, with the first seed.
    """

    hidden: int = 1024
    epochs: int = 10
    batch: int = 256
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    choose_by: str = "mAHP@250 (A)"
    cuts: list[int] = field(default_factory=lambda: [100, 1000])
    bits: list[int] = field(default_factory=lambda: [32, 64, 128])
    seeds: list[int] = field(default_factory=lambda: [0, 1, 2])
    tuning_bits: int = 64


@dataclass(frozen=True)
class Row:
    """One objective with its options.

    Attributes:
        name: As tables call it.
        objective: One of `recipes.OBJECTIVES`, or one of `BASELINES`, which are fitted and not trained.
        options: Of the objective.
        targets: Weights of the sources of target distances.
        learning_rate: Instead of the budget's; 0 for that.
        bits: Instead of the budget's; empty for those.
        like: Row whose chosen candidate this one starts from, for rows that change one thing.
        candidates: Changes of `options` and `learning_rate` of which validation chooses one.
        end_to_end: Whether a whole network is trained, as `EndToEnd` says, instead of a hash head.
    """

    name: str
    objective: str
    options: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    learning_rate: float = 0.0
    bits: list[int] = field(default_factory=list)
    like: str = ""
    candidates: list[dict[str, Any]] = field(default_factory=list)
    end_to_end: bool = False


@dataclass(frozen=True)
class EndToEnd:
    """What rows that train a whole network may spend, in place of the budget's entries of the same name.

    Attributes:
        backbone: See `Settings.backbone`; starts with random weights.
        train_side, input_side, smallest_crop: See `Settings`.
        epochs, batch, learning_rate: See `Budget`.
    """

    backbone: str
    train_side: int
    input_side: int
    epochs: int
    batch: int
    learning_rate: float
    smallest_crop: float = 0.35


@dataclass(frozen=True)
class Claim:
    """What a work says of itself, and the rows that show whether it holds here.

    Attributes:
        work: Name of the work.
        claim: What it says.
        rows: Names of rows.
        measures: Columns.
        bits: Code lengths.
        verdict: What these figures say, written by whoever read them.
    """

    work: str
    claim: str
    rows: list[str]
    measures: list[str]
    bits: list[int]
    verdict: str = ""


@dataclass(frozen=True)
class Plan:
    """A whole experiment.

    Attributes:
        title: Of the page.
        about: What the page says before its tables.
        page: Markdown file that is written.
        material: Photos.
        budget: Of each row.
        rows: What is compared.
        claims: What the page discusses.
        not_run: Rows that the page names as not run, with the reason.
        get: How to get the material and how to lay it out.
        protocol: How parts are drawn; None for shares.
        published: Figures of others that stand beside ours.
        end_to_end: What rows that train a whole network may spend; None without such rows.
    """

    title: str
    about: str
    page: Path
    material: Material
    budget: Budget
    rows: list[Row]
    claims: list[Claim]
    not_run: Mapping[str, str]
    get: str
    protocol: Protocol | None
    published: list[Published]
    end_to_end: EndToEnd | None

    def row(self, name: str) -> Row:
        """The row of this name."""
        return next(row for row in self.rows if row.name == name)

    def bits_of(self, row: Row) -> list[int]:
        """Code lengths of a row."""
        return row.bits or self.budget.bits


def load_plan(file: Path) -> Plan:
    """Reads a plan; paths in it stay as they are written, see `engine.training.experiments.locate`.

    Args:
        file: TOML with tables named after the fields of `Plan`; see docs/experiments.

    Raises:
        UsageError: The file can't be read, or says something that makes no sense.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"The plan {file} can't be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The plan {file} is no TOML: {error}.") from error
    known = [f.name for f in fields(Plan)]
    if unknown := table.keys() - set(known):
        raise UsageError(f"The plan {file} has {sorted(unknown)[0]!r}; known are {', '.join(known)}.")
    if missing := {"title", "page", "material", "rows"} - table.keys():
        raise UsageError(f"The plan {file} lacks {sorted(missing)[0]!r}.", "docs/experiments has examples.")
    plan = Plan(
        table["title"],
        table.get("about", ""),
        (file.parent / table["page"]).resolve(),
        _read(Material, table["material"], "material"),
        _read(Budget, table.get("budget", {}), "budget"),
        [_read(Row, row, "rows") for row in table["rows"]],
        [_read(Claim, claim, "claims") for claim in table.get("claims", [])],
        table.get("not_run", {}),
        table.get("get", ""),
        _read(Protocol, table["protocol"], "protocol") if "protocol" in table else None,
        [_read(Published, row, "published") for row in table.get("published", [])],
        _read(EndToEnd, table["end_to_end"], "end_to_end") if "end_to_end" in table else None,
    )
    _check(plan)
    if plan.protocol is not None:
        _check_protocol(plan.protocol, table["material"].keys() & {"validation", "test", "queries"})
    return plan


Read = TypeVar("Read")
KINDS: Mapping[type, str] = {
    int: "a whole number",
    float: "a number",
    str: "a text",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def _read(kind: type[Read], table: Mapping[str, Any], name: str) -> Read:
    """A dataclass from a TOML table, whose entries have the types of its fields.

    Raises:
        UsageError: An entry is unknown, missing, or of another type.
    """
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    if unknown := table.keys() - known.keys():
        raise UsageError(f"[{name}] has no entry {sorted(unknown)[0]!r}; it has {', '.join(known)}.")
    needed = [key for key, f in known.items() if f.default is MISSING and f.default_factory is MISSING]
    if missing := [key for key in needed if key not in table]:
        raise UsageError(f"[{name}] lacks an entry {missing[0]!r}.")
    made = kind(**table)
    plain: Mapping[Any, tuple[type, ...]] = {int: (int,), float: (int, float), str: (str,), bool: (bool,)}
    plain = {**plain, list: (list,), Mapping: (dict,)}
    for key, value in table.items():
        kind_of = known[key].type
        wanted = plain.get(get_origin(kind_of) or kind_of)
        # To Python, true is a number too.
        if wanted is not None and (
            not isinstance(value, wanted) or isinstance(value, bool) != (bool in wanted)
        ):
            raise UsageError(f"[{name}] {key} is {value!r}, where {KINDS[wanted[-1]]} is due.")
    return made


def _check(plan: Plan) -> None:
    names = [row.name for row in plan.rows]
    if doubled := {name for name in names if names.count(name) > 1}:
        raise UsageError(f"Two rows are called {sorted(doubled)[0]!r}.")
    _check_budget(plan)
    for row in plan.rows:
        _check_row(plan, row, names)
    for claim in plan.claims:
        if missing := set(claim.rows) - set(names):
            raise UsageError(f"A claim of {claim.work} names {sorted(missing)[0]!r}, which is no row.")
    for published in plan.published:
        for bits, figure in published.figures.items():
            if not (bits.isdecimal() or bits == UNROUNDED_COLUMN) or not (
                isinstance(figure, float) and 0 <= figure <= 1
            ):
                raise UsageError(
                    f"The published row {published.name!r} has {bits} = {figure!r}.",
                    f"Write bits, or {UNROUNDED_COLUMN}, and a figure from 0.0 to 1.0.",
                )


def _check_budget(plan: Plan) -> None:
    material, budget = plan.material, plan.budget
    lengths = [*budget.bits, budget.tuning_bits, *(bits for row in plan.rows for bits in row.bits)]
    if bad := [bits for bits in lengths if not isinstance(bits, int) or bits < 8 or bits % 8]:
        raise UsageError(f"Codes have a multiple of 8 bits, not {bad[0]!r}.")
    if not budget.bits or not budget.seeds or min(budget.epochs, budget.batch - 1) < 1:
        raise UsageError("[budget] needs bits, seeds, an epoch and a batch of two photos at least.")
    if min(material.validation, material.test) < 0 or material.validation + material.test >= 1:
        raise UsageError(
            f"[material] can't hold out {material.validation:g} and {material.test:g} of all photos.",
            "Write two shares from 0 on that make less than 1.",
        )
    if not material.photos or not material.teacher:
        raise UsageError("[material] needs photos, and a teacher whose features are learned from.")


def _check_row(plan: Plan, row: Row, names: list[str]) -> None:
    if row.objective not in (*BASELINES, *OBJECTIVES):
        known = ", ".join([*OBJECTIVES, *BASELINES])
        raise UsageError(f"The row {row.name!r} has no objective {row.objective!r}.", f"There are {known}.")
    for options in (row.options, *(candidate.get("options", {}) for candidate in row.candidates)):
        if row.objective in BASELINES and options:
            raise UsageError(f"The row {row.name!r} has options, and {row.objective} takes none.")
        if row.objective not in BASELINES:
            read_options(row.objective, options)
    if row.like and row.like not in names:
        raise UsageError(f"The row {row.name!r} is like {row.like!r}, which is no row.")
    if row.end_to_end and (plan.end_to_end is None or row.objective in BASELINES or row.candidates):
        raise UsageError(
            f"The row {row.name!r} can't train a whole network.",
            "Such a row has an objective and no candidates, and the plan a table [end_to_end].",
        )


def _check_protocol(protocol: Protocol, doubled: set[str]) -> None:
    if doubled:
        raise UsageError(
            f"[material] has {', '.join(sorted(doubled))}, which [protocol] decides here.",
            "Leave it out there.",
        )
    if protocol.database not in DATABASES:
        raise UsageError(
            f"[protocol] database is {protocol.database!r}.", f"Choose one of {', '.join(DATABASES)}."
        )
    if min(protocol.queries, protocol.train) < 0 or not 0 < protocol.validation < 1:
        raise UsageError(
            f"[protocol] can't draw {protocol.queries} queries and {protocol.train} to train on, with"
            f" {protocol.validation:g} of these to choose by.",
            "Write counts from 0 on, and a share between 0 and 1.",
        )
    if unknown := {protocol.queries_from, protocol.train_from} - {"", "train", "val", "test"}:
        raise UsageError(
            f"[protocol] draws from {sorted(unknown)[0]!r}, which is no published part.",
            "Write train, val, test, or leave it out.",
        )
