"""The folder of a run: its best model, its table of losses, its checkpoint."""

from __future__ import annotations

from pathlib import Path

from tutorlm.files.atomic import remove_unfinished
from tutorlm.files.models import read_model_file
from tutorlm.language_model import LanguageModel
from tutorlm.training.distributed import Team


class RunFolder:
    """The files of a run, written by process 0 only.

    Args:
        path: the folder; it is created when the first file is written.
        team: the processes of the run.
    """

    def __init__(self, path: Path, team: Team) -> None:
        self.path, self.team = path, team
        self.best_model, self.losses, self.checkpoint = (path / n for n in ("best-lm.pt", "loss.tsv", "checkpoint.pt"))

    def clean(self) -> None:
        """Delete the temporary files that a killed run left behind."""
        if self.team.rank == 0:
            for file in (self.best_model, self.losses, self.checkpoint):
                remove_unfinished(file)

    def keep_previous(self) -> None:
        """Keep the model and the checkpoint of an earlier run in the same folder as best-lm.before.pt and so on."""
        for file in (self.best_model, self.checkpoint):
            if self.team.rank == 0 and file.exists():
                file.replace(file.with_name(f"{file.stem}.before.pt"))

    def require_best(self) -> None:
        """Raise FileNotFoundError if the best model of a run to be resumed is missing."""
        if not self.best_model.exists():
            raise FileNotFoundError(
                f"{self.best_model}, the best model of the run to be resumed, is missing: "
                "give train the folder in which that run's checkpoint.pt stands"
            )

    def save_best(self, model: LanguageModel) -> None:
        """Make these weights the best ones."""
        if self.team.rank == 0:
            model.save(self.best_model)

    def load_best(self, model: LanguageModel) -> None:
        """Give a model, on all processes, the best weights."""
        if self.team.rank == 0:
            model.load_state_dict(read_model_file(self.best_model)["state_dict"])
        self.team.broadcast(model.state_dict().values())
