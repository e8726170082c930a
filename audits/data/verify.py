"""Kiểm tra hồ sơ này, không cần phần mềm nào khác ngoài Python 3.8 trở lên: python3 verify.py

Checks this work file with nothing but Python 3.8 or later: that every file is what was written, that the
record is one unbroken chain, and that the evidence is what the record says. Exits with 1 at the first
fault. Whoever wants to be sure that record and case were not cut or made anew together compares the last
line with the page of the case in the service.
"""

import hashlib
import json
import os
import sys

GENESIS = "0" * 64
SEALED = ("actor", "at", "changes", "kind", "note", "once", "previous", "seq")
HERE = os.path.dirname(os.path.abspath(__file__))


class Fault(Exception):
    """What does not hold: in Vietnamese and in English."""


def missing(path):
    return Fault(f"{path}: thiếu tệp này", "this file is missing")


def digest(path):
    """SHA-256 of a file of this folder, read piece by piece."""
    found = hashlib.sha256()
    try:
        with open(os.path.join(HERE, *path.split("/")), "rb") as file:
            for piece in iter(lambda: file.read(1 << 18), b""):
                found.update(piece)
    except OSError:
        raise missing(path) from None
    return found.hexdigest()


def check_files():
    """Every file is there, and is what was written."""
    try:
        with open(os.path.join(HERE, "SHA256SUMS"), encoding="utf-8") as file:
            sums = [line.rstrip("\n").split("  ", 1) for line in file if line.strip()]
    except (OSError, ValueError):
        raise missing("SHA256SUMS") from None
    for line in sums:
        if len(line) != 2:
            raise Fault("SHA256SUMS: không đúng dạng", "is not of the expected form")
        if digest(line[1]) != line[0]:
            raise Fault(f"{line[1]}: nội dung đã bị thay đổi", "its contents were changed")
    return f"{len(sums)} tệp đúng mã băm SHA-256", f"{len(sums)} files have their SHA-256"


def read():
    try:
        with open(os.path.join(HERE, "ho-so.json"), encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError):
        raise Fault("ho-so.json: không đọc được", "cannot be read") from None


def check_chain(told):
    """Each event is sealed to the one before it, from the first to the last."""
    link, events = GENESIS, told["events"]
    for place, event in enumerate(events, 1):
        if event["seq"] != place or event["previous"] != link:
            raise Fault(
                f"sự kiện {place}: thiếu, hoặc không nối với sự kiện trước",
                f"event {place} is missing, or not chained to the one before",
            )
        form = {name: event[name] for name in SEALED}
        form["case"] = told["case"]["number"]
        text = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        link = hashlib.sha256(text.encode("utf-8")).hexdigest()
        if link != event["hash"]:
            raise Fault(
                f"sự kiện {place}: nội dung đã bị thay đổi", f"event {place} was changed after it was written"
            )
    return f"{len(events)} sự kiện nối thành một chuỗi", f"{len(events)} events form one chain"


def check_head(told):
    """The chain ends where the case says, in the state that the case has."""
    case, events = told["case"], told["events"]
    here, there = len(events), case["version"]
    if here != there or not events or events[-1]["hash"] != case["head_hash"]:
        raise Fault(
            f"chuỗi bị cắt: hồ sơ có {there} sự kiện, ở đây có {here}",
            f"the end of the chain is missing: the case has {there} events, here are {here}",
        )
    states = [event["changes"]["state"][1] for event in events if "state" in event["changes"]]
    if states and states[-1] != case["state"]:
        raise Fault("trạng thái hồ sơ không khớp diễn biến", "the case is not in the state its record says")
    return "chuỗi đủ đến sự kiện cuối", "the chain is whole to its last event"


def check_evidence(told):
    """Every file that was added is there, and is the one that was added."""
    here = {one["id"]: one for one in told["evidence"]}
    added = {}
    for event in told["events"]:
        if event["kind"] == "evidence_added":
            added[event["changes"]["evidence"][1]] = event["changes"]["sha256"][1]
    for key in sorted(set(added) | set(here)):
        if key not in here or key not in added:
            raise Fault(
                f"minh chứng số {key} không khớp diễn biến", f"evidence {key} does not agree with the record"
            )
        path = here[key]["path"]
        if digest(path) != added[key]:
            raise Fault(f"{path}: không phải tệp đã đưa vào hồ sơ", "it is not the file that was recorded")
    return f"{len(here)} minh chứng đúng như diễn biến ghi", f"{len(here)} files are as the record says"


def checked():
    """What was found, check by check: whoever reads on knows that all before it holds."""
    yield check_files()
    told = read()
    try:
        for check in (check_chain, check_head, check_evidence):
            yield check(told)
        case = told["case"]
        yield f"hồ sơ {case['number']}, mã băm cuối", case["head_hash"]
    except (KeyError, TypeError, IndexError, AttributeError) as wrong:
        raise Fault("ho-so.json: không đúng dạng", f"is not of the expected form: {wrong!r}") from None


def main():
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        for vietnamese, english in checked():
            print(f"ĐẠT / OK: {vietnamese} / {english}")
    except Fault as fault:
        print("SAI / FAULT: {} / {}".format(*fault.args))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
