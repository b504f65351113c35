"""Five thousand damaged files: none crashes, hangs, writes, goes unnamed, or passes for a file with a digest."""

from __future__ import annotations

from pathlib import Path

from fuzz import fuzz


def test_damaged_files_are_refused_by_name_or_open_as_what_they_say(tmp_path: Path) -> None:
    outcomes = fuzz(5000, 20261126, tmp_path)
    findings = {kind: [verdict for verdict in found if "finding" in verdict] for kind, found in outcomes.items()}
    assert not any(findings.values()), findings
    assert sum(found.total() for found in outcomes.values()) == 5000
    for kind, found in outcomes.items():
        assert found["refused"] > 300, (kind, found)
    assert outcomes["ours.pt"].keys() <= {"refused", "opened, with the same content"}
    assert outcomes["legacy.pt"]["opened, with other content"] > 0, "without a digest some changes go unnoticed"
