"""Who may do what: the one table, walked through API and pages and printed in docs/permissions.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from indicators.models import Indicator
from notifications.models import Message
from tests.conftest import A_PDF, City

#: Column → what its heading says. Who stands for it is `world.PEOPLE`.
ROLES = {
    "chairperson": "Chủ tịch",
    "delegate": "Phó Chủ tịch được ủy quyền",
    "vice_chair": "Phó Chủ tịch không có ủy quyền",
    "lead": "Chủ trì",
    "support": "Phối hợp",
    "owner": "Người thực hiện một hành động",
    "staff": "Công chức khác của đơn vị",
    "coordinator": "Đầu mối ISO",
    "auditor": "Cán bộ kiểm tra",
    "administrator": "Quản trị",
    "former": "Người thôi chức hôm qua",
    "neighbour": "Người của đơn vị khác",
    "other_city": "Người của thành phố khác",
    "stranger": "Người không có chức vụ",
    "anonymous": "Chưa đăng nhập",
}
INSIDE = tuple(ROLES)[:10]
OF_THE_UNIT = tuple(ROLES)[:8]
OUTSIDE = ("former", "neighbour", "other_city", "stranger")
CHAIRS = ("chairperson", "delegate")
DOERS = ("lead", "support")


#: States of things by what can be done in them.
WORKING = ("assigned", "in_progress", "planned", "complete", "requested")
PAST_LIMIT = ("extended_twice", "requested_again")
AT_WORK = (*WORKING, *PAST_LIMIT, "succeeded", "dissolved")
VERIFYING = ("in_verification", "monitored", "green_again")
GIVEN_OUT = (*AT_WORK, *VERIFYING, "handed_up", "with_city")
ALL = ("open_case", *GIVEN_OUT, "closed")

OK, UNSAID, SIGN_IN, NOT_YOURS, NOT_THERE, NOT_NOW = "✓", "—", 401, 403, 404, 409
Asked = Callable[[City], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One operation in one state of things, and who may: the rest who see the case get `others`."""

    title: str
    scene: str
    path: str
    may: tuple[str, ...]
    asks: Asked = field(default=lambda city: {})
    others: int = NOT_YOURS
    #: What those get who do not see the case; what concerns no case answers 403, not 404.
    outside: Any = NOT_THERE
    #: Columns that see what it is about, where others of the unit do not, and are told it is not theirs.
    see: tuple[str, ...] = ()
    #: By which method the API is called, and the pages; empty where there is no such entrance.
    api: str = "post"
    page: str = "post"
    #: Where the page's address differs from the API's.
    page_path: str = ""
    #: What the page is sent where it asks in other words than the API.
    page_asks: Asked | None = None
    #: Columns for which this row says nothing, because it depends on the unit or city of the person.
    apart: tuple[str, ...] = ()
    #: Further states of things in which the same people may, and the page of a case offers it to them.
    also: tuple[str, ...] = ()

    def expected(self, role: str) -> Any:
        if role in self.apart:
            return UNSAID
        if role == "anonymous":
            return SIGN_IN
        if role in self.may:
            return OK
        if role in self.see:
            return NOT_YOURS
        return self.outside if role in OUTSIDE else self.others


def a_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.pdf", A_PDF)


def a_list() -> SimpleUploadedFile:
    rows = "Họ và tên,Thư điện tử,Mã đơn vị,Chức vụ\nVũ Thị Mới,moi@haiphong.example,11443,Công chức"
    return SimpleUploadedFile("nguoi.csv", rows.encode(), content_type="text/csv")


def step(
    name: str, title: str, scene: str, may: Iterable[str], asks: Asked = lambda city: {}, **more: Any
) -> Row:
    return Row(title, scene, f"cases/{{number}}/steps/{name}/", tuple(may), asks, **more)


def note(city: City) -> dict[str, Any]:
    return {"note": "Có lý do"}


def later(city: City) -> dict[str, Any]:
    return {"due_on": date(2027, 1, 12), "note": "Chờ vốn"}


def granted(city: City) -> dict[str, Any]:
    return later(city) | {"objective_cause": True}


def to_somebody(city: City) -> dict[str, Any]:
    return {"assignee": city.other_staff}


def from_lead(city: City) -> dict[str, Any]:
    return {"from_person": city.staff, "assignee": city.other_staff}


def planned(city: City) -> dict[str, Any]:
    return {"description": "Rà soát quy trình", "owner": city.other_staff, "due_on": date(2026, 10, 20)}


STEPS = [
    step("assign", "Phân công hồ sơ mới", "open_case", CHAIRS, to_somebody),
    step("assign", "Phân công lại khi đang thực hiện", "in_progress", CHAIRS, to_somebody, also=AT_WORK),
    step("assign", "Phân công khi chờ xác nhận", "in_verification", (), to_somebody, others=NOT_NOW),
    step("decline", "Từ chối nhận việc", "assigned", ("lead",), note),
    step("decline", "Từ chối khi đã bắt đầu", "in_progress", (), note, others=NOT_NOW),
    step("start", "Bắt đầu thực hiện", "assigned", ("lead",)),
    step("start", "Bắt đầu khi chưa phân công", "open_case", (), others=NOT_NOW),
    step("submit", "Báo cáo hoàn thành, hồ sơ đủ", "complete", ("lead",), note),
    step("submit", "Báo cáo hoàn thành khi mới phân công", "assigned", (), note, others=NOT_NOW),
    step("verify", "Xác nhận kết quả", "in_verification", CHAIRS, note),
    step("verify", "Xác nhận khi đang thực hiện", "in_progress", (), note, others=NOT_NOW),
    step("send_back", "Trả lại để bổ sung", "in_verification", CHAIRS, note),
    step("send_back", "Trả lại khi mới mở", "open_case", (), note, others=NOT_NOW),
    step("confirm", "Xác nhận hiệu lực, đóng hồ sơ", "green_again", CHAIRS, note),
    step("confirm", "Đóng khi đang thực hiện", "in_progress", (), note, others=NOT_NOW),
    step("reopen", "Mở lại khi đang theo dõi hiệu lực", "monitored", (*CHAIRS, "auditor"), note,
         also=("green_again",)),
    step("reopen", "Mở lại hồ sơ đã đóng", "closed", ("auditor",), note),
    step("reopen", "Mở lại khi đang thực hiện", "in_progress", (), note, others=NOT_NOW),
    step("request_extension", "Đề nghị gia hạn", "in_progress", ("lead",), later,
         also=("assigned", "planned", "complete", "extended_twice", "succeeded", "dissolved")),
    step("request_extension", "Đề nghị gia hạn khi mới mở", "open_case", (), later, others=NOT_NOW),
    step("extend", "Gia hạn", "in_progress", CHAIRS, granted, also=(*WORKING, "succeeded", "dissolved")),
    step("extend", "Gia hạn quá số lần theo quy định", "extended_twice", ("auditor",), granted,
         also=PAST_LIMIT),
    step("extend", "Gia hạn khi chờ xác nhận", "in_verification", (), granted, others=NOT_NOW),
    step("refuse_extension", "Từ chối gia hạn", "requested", CHAIRS, note),
    step(
        "refuse_extension", "Từ chối gia hạn quá số lần", "requested_again", (*CHAIRS, "auditor"), note
    ),
    step("refuse_extension", "Từ chối gia hạn khi mới mở", "open_case", (), note, others=NOT_NOW),
    step("hand_up", "Kiến nghị thành phố giải quyết", "in_progress", CHAIRS, note,
         also=("open_case", *AT_WORK)),
    step("hand_up", "Kiến nghị khi chờ xác nhận", "in_verification", (), note, others=NOT_NOW),
    step("accept", "Nhận xử lý cho thành phố", "handed_up", ("auditor",), note),
    step("accept", "Nhận xử lý khi đơn vị đang thực hiện", "in_progress", (), note, others=NOT_NOW),
    step("hand_down", "Giao lại đơn vị", "handed_up", ("auditor",), note),
    step("hand_down", "Giao lại khi thành phố đã nhận", "with_city", ("auditor",), note),
    step("hand_down", "Giao lại khi đơn vị đang thực hiện", "in_progress", (), note, others=NOT_NOW),
    step("resolve", "Báo thành phố đã giải quyết", "with_city", ("auditor",), note),
    step("resolve", "Báo đã giải quyết khi chưa nhận", "handed_up", (), note, others=NOT_NOW),
    step("hand_over", "Bàn giao một hồ sơ", "in_progress", CHAIRS, from_lead, also=GIVEN_OUT),
    step("hand_over", "Bàn giao khi mới mở", "open_case", (), from_lead, others=NOT_NOW),
    step("cancel", "Hủy hồ sơ", "in_progress", ("auditor",), note, also=("open_case", *GIVEN_OUT)),
    step("cancel", "Hủy hồ sơ đã đóng", "closed", (), note, others=NOT_NOW),
    step("transfer", "Chuyển giao đơn vị kế thừa", "succeeded", ("administrator",),
         lambda city: {"unit": city.phu_lien, "note": "Sắp xếp"}),
    step("transfer", "Chuyển giao hồ sơ đã đóng", "closed", (),
         lambda city: {"unit": city.phu_lien, "note": "Sắp xếp"}, others=NOT_NOW),
    step("finish", "Kết thúc theo đơn vị đã giải thể", "dissolved", ("administrator",), note),
    step("finish", "Kết thúc hồ sơ đã đóng", "closed", (), note, others=NOT_NOW),
]  # fmt: skip

WORK = [
    Row("Xem hồ sơ", "in_verification", "cases/{number}/", INSIDE, api="get", page="get"),
    Row("Xem diễn biến và mã băm", "in_verification", "cases/{number}/events/", INSIDE, api="get", page="get",
        page_path="cases/{number}/"),
    Row("Có ý kiến", "in_progress", "cases/{number}/comments/", INSIDE, note, also=ALL),
    Row("Ghi nhận kiểm tra", "in_progress", "cases/{number}/audit-notes/", ("auditor",),
        lambda city: {"note": "Đã xem sổ tại đơn vị", "verdict": "holds"}, also=ALL),
    Row("Xem ghi nhận kiểm tra", "in_progress", "cases/{number}/audit-notes/", INSIDE, api="get", page="get",
        page_path="cases/{number}/"),
    Row("Ghi phân tích nguyên nhân", "in_progress", "cases/{number}/analysis/", DOERS,
        lambda city: {"correction": "Đã xử lý ngay"}, api="put", also=AT_WORK),
    Row("Ghi phân tích khi chờ xác nhận", "in_verification", "cases/{number}/analysis/", (),
        lambda city: {"correction": "Đã xử lý ngay"}, others=NOT_NOW, api="put"),
    Row("Xem phân tích nguyên nhân", "in_verification", "cases/{number}/analysis/", INSIDE, api="get",
        page="get", page_path="cases/{number}/"),
    Row("Lập hành động khắc phục", "in_progress", "cases/{number}/corrective-actions/", DOERS, planned,
        also=AT_WORK),
    Row("Lập hành động khi chờ xác nhận", "in_verification", "cases/{number}/corrective-actions/", (),
        planned, others=NOT_NOW),
    Row("Sửa hành động khắc phục", "planned", "cases/{number}/corrective-actions/1/", DOERS, planned,
        api="patch"),
    Row("Hoàn thành hành động khắc phục", "planned", "cases/{number}/corrective-actions/1/complete/",
        (*DOERS, "owner"), lambda city: {"result": "Đã xong"}),
    Row("Bỏ hành động khắc phục", "planned", "cases/{number}/corrective-actions/1/drop/", DOERS, note),
    Row("Thêm minh chứng", "planned", "cases/{number}/evidence/", (*DOERS, "owner"),
        lambda city: {"file": a_pdf()}),
    Row("Thêm minh chứng, không có hành động nào của người ấy", "in_progress", "cases/{number}/evidence/",
        DOERS, lambda city: {"file": a_pdf()},
        also=tuple(scene for scene in AT_WORK if scene != "planned")),
    Row("Thêm minh chứng khi chờ xác nhận", "in_verification", "cases/{number}/evidence/", (),
        lambda city: {"file": a_pdf()}, others=NOT_NOW),
    Row("Tải minh chứng", "in_verification", "cases/{number}/evidence/{evidence}/file/", INSIDE, api="get",
        page="get"),
    Row("Xem trước minh chứng", "in_verification", "cases/{number}/evidence/{evidence}/", INSIDE, api="",
        page="get"),
    Row("Xem trước một trang của minh chứng", "in_verification",
        "cases/{number}/evidence/{evidence}/page/1/", INSIDE, api="", page="get"),
    Row("Tải trọn hồ sơ", "in_verification", "cases/{number}/work-file/", INSIDE, api="get", page="get"),
    Row("Rút minh chứng", "complete", "cases/{number}/evidence/{evidence}/withdraw/", DOERS, note),
    Row("Rút minh chứng khi chờ xác nhận", "in_verification", "cases/{number}/evidence/{evidence}/withdraw/",
        (), note, others=NOT_NOW),
]  # fmt: skip

EVERYBODY = (*INSIDE, *OUTSIDE)


def ratings(kind: str) -> Asked:
    def asked(city: City) -> dict[str, Any]:
        rows = [{"indicator": "2.1", "colour": "red", "finding": "Chưa có"}]
        return {"unit": "11443", "period": "2026-Q4", "kind": kind, "ratings": rows}

    return asked


#: Who serves another unit or city has affairs of their own behind these pages.
KEEPERS = ("neighbour", "other_city")


def several(city: City) -> dict[str, Any]:
    number = city.kien_an.cases.get().number
    return {"case": number, f"assignee-{number}": city.other_staff}


def all_messages(city: City) -> dict[str, Any]:
    return {"messages": list(Message.objects.values_list("pk", flat=True)), "settlement": "arrived"}


LISTS = [
    Row("Danh sách hồ sơ (mỗi người thấy phần của mình)", "open_case", "cases/", EVERYBODY, api="get",
        page="get"),
    Row("Tải danh sách hồ sơ (phần của mình)", "open_case", "cases/export/", EVERYBODY, api="get",
        page="get"),
    Row("Bảng tổng hợp (mỗi người thấy phần của mình)", "open_case", "board/", EVERYBODY, api="", page="get"),
    Row("Trang phân công nhiều hồ sơ", "open_case", "cases/assign/?case={number}", CHAIRS, api="", page="get",
        outside=NOT_YOURS, apart=KEEPERS),
    Row("Phân công nhiều hồ sơ", "open_case", "cases/assign/", CHAIRS, several, api="", outside=NOT_YOURS,
        apart=KEEPERS),
    Row("Lưu bộ lọc của mình", "open_case", "me/filters/", EVERYBODY,
        lambda city: {"name": "Quá hạn", "query": "overdue=on"}, page_path="cases/filters/"),
    Row("Thông báo của mình", "open_case", "notifications/", EVERYBODY, api="get", page="get"),
    Row("Sổ gửi tin (mỗi người thấy phần của đơn vị mình)", "open_case", "dispatches/", EVERYBODY, api="get",
        page="get"),
    Row("Tải sổ gửi tin", "open_case", "dispatches/export/", EVERYBODY, api="get", page="get"),
    Row("Xác định thư chưa rõ đã đến hay chưa", "in_doubt", "dispatches/messages/{message}/settle/",
        ("administrator",), lambda city: {"settlement": "arrived"}),
    Row("Xác định nhiều thư chưa rõ, mỗi thư một kết quả", "in_doubt",
        "dispatches/messages/settle/", EVERYBODY, all_messages, page=""),
    Row("Ghi nhận kiểm tra của các hồ sơ (mỗi người thấy phần của mình)", "open_case", "audit-notes/",
        EVERYBODY, api="get", page=""),
    Row("Chọn cách nhận tin của mình", "open_case", "me/preferences/", EVERYBODY,
        lambda city: {"channel": "mail", "steps": "digest", "reminders": "digest"}, api=""),
    Row("Danh mục đơn vị, chỉ số, kỳ", "open_case", "units/", EVERYBODY, api="get", page=""),
]  # fmt: skip

REFERENCE = [
    Row("Trang đánh giá của đơn vị", "open_case", "assessments/", INSIDE, api="", page="get",
        outside=NOT_YOURS, apart=("neighbour", "other_city")),
    Row("Xem một phiếu đánh giá", "open_case", "assessments/{assessment}/", INSIDE, api="get", page="get"),
    Row("Tải một phiếu đánh giá", "open_case", "assessments/{assessment}/workbook/", INSIDE, api="get",
        page="get"),
    Row("Tải phiếu tự đánh giá để điền", "open_case",
        "assessments/form/?unit={unit}&period=2026-Q4&kind=self", (*CHAIRS, "coordinator", "administrator"),
        api="get", page=""),
    Row("Tải phiếu tự đánh giá để điền, trên trang", "open_case",
        "assessments/form/?unit={unit}&period=2026-Q4&kind=self", (*CHAIRS, "coordinator", "administrator"),
        api="", page="get", outside=NOT_YOURS, apart=("auditor", "neighbour", "other_city")),
    Row("Điền phiếu tự đánh giá trên trang", "open_case",
        "assessments/edit/?unit={unit}&period=2026-Q4&kind=self", (*CHAIRS, "coordinator", "administrator"),
        api="", page="get", outside=NOT_YOURS, apart=("auditor", "neighbour", "other_city")),
    Row("Ghi tự đánh giá của đơn vị", "open_case", "assessments/",
        (*CHAIRS, "coordinator", "administrator"), ratings("self"), outside=NOT_YOURS, page=""),
    Row("Ghi đánh giá của thành phố", "open_case", "assessments/", ("auditor",), ratings("city"),
        outside=NOT_YOURS, page=""),
    Row("Lập kỳ đánh giá (của mọi thành phố)", "open_case", "periods/",
        ("auditor", "administrator", "other_city"),
        lambda city: {"code": "2027-T", "starts_on": date(2027, 1, 1), "ends_on": date(2027, 3, 31)},
        outside=NOT_YOURS, page=""),
]  # fmt: skip


def handed_over(city: City) -> dict[str, Any]:
    return {"to": city.other_staff, "unit": city.kien_an, "note": "Chuyển công tác"}


def a_day(city: City) -> dict[str, Any]:
    return {"days": [{"on": "2026-12-24", "is_working": False, "name": "Theo chỉ đạo"}]}


def the_same_day(city: City) -> dict[str, Any]:
    return {"what": "rest", "first": date(2026, 12, 24), "name": "Theo chỉ đạo"}


def terms(city: City) -> dict[str, Any]:
    return {"colour": "red", "valid_from": date(2026, 12, 1), "complete_within_days": 40}


def all_terms(city: City) -> dict[str, Any]:
    return terms(city) | {
        "assign_within_working_days": 3, "verify_within_working_days": 5, "check_after_days": 60,
        "answer_within_working_days": 5, "extension_limit": 2, "verifier": "chairperson",
    }  # fmt: skip


PEOPLE_CHANGE = [
    Row("Bàn giao mọi hồ sơ của một người", "in_progress", "people/{lead}/hand-over/", CHAIRS, handed_over,
        page=""),
    Row("Bàn giao mọi hồ sơ của một người, trên trang", "in_progress",
        "people/{lead}/units/{unit}/hand-over/", CHAIRS,
        lambda city: handed_over(city) | {"confirmed": "yes"}, others=NOT_THERE, api=""),
    Row("Danh sách người mình phụ trách", "open_case", "people/", (*CHAIRS, "administrator"),
        api="get", page="get", outside=NOT_YOURS, apart=KEEPERS),
    Row("Xem một người của đơn vị", "open_case", "people/{lead}/", (*CHAIRS, "administrator"),
        api="get", page="get", others=NOT_THERE),
    Row("Thêm một người", "open_case", "people/", ("administrator",),
        lambda city: {"full_name": "Vũ Thị Mới", "email": "moi@haiphong.example", "language": "vi"},
        outside=NOT_YOURS, apart=("other_city",), page_path="people/add/"),
    Row("Nhập người từ tệp", "open_case", "people/import/", ("administrator",),
        lambda city: {"file": a_list()}, outside=NOT_YOURS, apart=("other_city",)),
    Row("Tải mẫu danh sách người", "open_case", "people/template/", ("administrator",), api="get", page="get",
        page_path="people/import/template/", outside=NOT_YOURS, apart=("other_city",)),
    Row("Mời lại người chưa đăng nhập", "open_case", "people/{lead}/invite/", ("administrator",),
        others=NOT_THERE, see=CHAIRS),
    Row("Giao chức vụ", "open_case", "people/{lead}/offices/", ("administrator",),
        lambda city: {"unit": "11443", "role": "coordinator", "since": date(2026, 10, 7)},
        others=NOT_THERE, see=CHAIRS),
    Row("Cho thôi chức vụ", "open_case", "people/{lead}/offices/{office}/end/", ("administrator",),
        lambda city: {"until": date(2026, 10, 8)}, others=NOT_THERE, see=CHAIRS),
    Row("Cử người thay khi vắng", "open_case", "people/{lead}/deputies/", (*CHAIRS, "administrator"),
        lambda city: {"unit": city.kien_an, "taker": city.other_staff, "since": date(2026, 10, 8)},
        others=NOT_THERE),
    Row("Thu hồi mọi mã truy cập của một người", "open_case", "people/{lead}/tokens/end/", ("administrator",),
        others=NOT_THERE, page=""),
    Row("Thu hồi mọi mã truy cập của một người, trên trang", "open_case", "people/{lead}/tokens/end/",
        ("administrator",), api="", others=NOT_THERE, see=CHAIRS),
    Row("Ngừng một người", "open_case", "people/{lead}/deactivate/", ("administrator",),
        others=NOT_THERE, see=CHAIRS),
    Row("Bỏ tên người đã ngừng", "left", "people/{gone}/pseudonymise/", ("administrator",),
        lambda city: {"typed": city.gone.email}, others=NOT_THERE),
]  # fmt: skip


def an_edition(city: City) -> dict[str, Any]:
    rows = ["code,group,title_vi,title_en"]
    rows += [f'{i.code},{i.group},"{i.title_vi}","{i.title_en}"' for i in Indicator.objects.all()]
    return {"file": SimpleUploadedFile("tcvn.csv", "\n".join(rows).encode()), "edition": "TCVN 2027"}


def a_plan(city: City) -> dict[str, Any]:
    rows = b"old_code,new_code,new_kind,new_name\n11446,11446,commune,Ph\xc3\xb9 Li\xe1\xbb\x85n"
    return {"file": SimpleUploadedFile("phuong-an.csv", rows), "on": "2026-10-07", "legal_instrument": "NQ 1"}


TIME = [
    Row("Xem lịch làm việc", "open_case", "calendar/", EVERYBODY, api="get", page=""),
    Row("Trang lịch làm việc", "open_case", "calendar/", ("administrator",), api="", page="get",
        outside=NOT_YOURS, apart=("other_city",)),
    Row("Sửa lịch làm việc", "in_progress", "calendar/", ("administrator",), a_day,
        outside=NOT_YOURS, page_path="calendar/preview/", page_asks=the_same_day),
    Row("Xem quy định thời hạn", "open_case", "policies/", EVERYBODY, api="get", page=""),
    Row("Trang quy định thời hạn", "open_case", "policies/", ("administrator",), api="", page="get",
        outside=NOT_YOURS, apart=("other_city",)),
    Row("Đặt quy định thời hạn mới", "in_progress", "policies/", ("administrator",), terms,
        outside=NOT_YOURS, page_path="policies/change/", page_asks=all_terms),
    Row("Lượt nhắc tới", "open_case", "rehearsal/", ("administrator",), api="get", page="get",
        outside=NOT_YOURS, apart=("other_city",)),
    Row("Trang các đơn vị", "open_case", "units/", INSIDE, api="", page="get", outside=NOT_YOURS,
        apart=KEEPERS),
    Row("Xem một đơn vị và những đơn vị cũ mang mã ấy", "open_case", "units/{unit}/former/", EVERYBODY,
        api="get", page=""),
    Row("Xem một đơn vị và người của đơn vị", "open_case", "units/{unit}/people/", INSIDE, api="get",
        page="get", page_path="units/{unit}/"),
    Row("Trang danh mục chỉ số", "open_case", "catalogue/", EVERYBODY, api="get", page="get"),
    Row("Ghi danh mục đã đối chiếu với TCVN", "open_case", "catalogue/compared/", ("administrator",),
        lambda city: {"compared_on": date(2026, 10, 1)}, outside=NOT_YOURS, apart=("other_city",)),
    Row("Cho danh mục mới có hiệu lực", "open_case", "catalogue/", ("administrator",), an_edition,
        outside=NOT_YOURS, apart=("other_city",), page_path="catalogue/confirm/"),
    Row("Xem các lần sắp xếp đơn vị", "open_case", "reorganisations/", ("administrator",), api="get",
        page="get", outside=NOT_YOURS, apart=("other_city",)),
    Row("Sắp xếp đơn vị", "open_case", "reorganisations/", ("administrator",), a_plan, outside=NOT_YOURS,
        apart=("other_city",), page_path="reorganisations/confirm/"),
    Row("Tải mẫu phương án sắp xếp", "open_case", "reorganisations/plan/", ("administrator",), api="get",
        page="get", outside=NOT_YOURS, apart=("other_city",)),
]  # fmt: skip

#: Who keeps the webhooks of the unit; the rest do not find one of it.
KEEP_WEBHOOKS = (*CHAIRS, "coordinator", "administrator")


def a_webhook(city: City) -> dict[str, Any]:
    return {"url": "https://8.8.8.8/hook", "unit": city.kien_an}


def of_webhook(title: str, rest: str = "", scene: str = "with_webhook", **more: Any) -> Row:
    path = f"webhooks/{{webhook}}/{rest}"
    return Row(title, scene, path, KEEP_WEBHOOKS, others=NOT_THERE, **more)


WEBHOOKS = [
    Row("Địa chỉ lịch cá nhân của mình", "open_case", "me/calendar-key/", EVERYBODY,
        page_path="me/calendar/"),
    Row("Ngừng lịch cá nhân của mình", "open_case", "me/calendar-key/", EVERYBODY, api="delete",
        page_path="me/calendar/end/"),
    Row("Danh sách mã truy cập của mình", "open_case", "me/tokens/", EVERYBODY, api="get", page="get",
        page_path="me/"),
    Row("Tạo mã truy cập của mình (chỉ trên trang)", "open_case", "me/tokens/", EVERYBODY,
        lambda city: {"name": "Máy", "scope": "read", "days": 30}, api=""),
    Row("Thu hồi mã truy cập của người khác", "with_token", "me/tokens/{token}/", (), api="delete",
        page_path="me/tokens/{token}/end/", others=NOT_THERE),
    Row("Danh sách webhook (mỗi người thấy phần của mình)", "with_webhook", "webhooks/", EVERYBODY,
        api="get", page=""),
    Row("Trang webhook", "with_webhook", "webhooks/", KEEP_WEBHOOKS, api="", page="get", outside=NOT_YOURS,
        apart=KEEPERS),
    Row("Lập webhook cho đơn vị", "open_case", "webhooks/", KEEP_WEBHOOKS, a_webhook, outside=NOT_YOURS,
        page=""),
    Row("Lập webhook cho đơn vị, trên trang", "open_case", "webhooks/add/", KEEP_WEBHOOKS, a_webhook, api="",
        outside=NOT_YOURS, apart=KEEPERS),
    Row("Lập webhook cho thành phố", "open_case", "webhooks/", ("administrator",),
        lambda city: a_webhook(city) | {"unit": city.unit}, outside=NOT_YOURS, page=""),
    of_webhook("Xem webhook của đơn vị và nhật ký gửi", api="get", page="get"),
    of_webhook("Xem nhật ký gửi", "deliveries/", api="get", page=""),
    of_webhook("Tạo khóa mới cho webhook", "secret/"),
    of_webhook("Gửi thử webhook", "ping/"),
    of_webhook("Gửi lại lần không gửi được", "deliveries/{delivery}/resend/"),
    of_webhook("Bật lại webhook đã tắt", "enable/", "with_webhook_off"),
    of_webhook("Kết thúc webhook", "", api="delete", page_path="webhooks/{webhook}/end/"),
]  # fmt: skip

#: Whoever chairs a unit reads its figures, whoever serves a city those of all its units.
COUNT = (*CHAIRS, "auditor", "administrator")


def figures(title: str, path: str, may: tuple[str, ...] = COUNT, **doors: str) -> Row:
    apart = KEEPERS if may == COUNT else ("other_city",)
    return Row(title, "open_case", path, may, outside=NOT_YOURS, apart=apart, **doors)


FIGURES = [
    figures("Toàn thành phố", "overview/", ("auditor", "administrator"), api="", page="get"),
    figures("Đánh giá của một đơn vị, sau một con số", "overview/ratings/?unit={unit}",
            ("auditor", "administrator"), api="", page="get"),
    figures("Số liệu của bảng tổng hợp", "board/", api="get", page=""),
    figures("Theo dõi khắc phục", "follow-through/", api="get", page="get"),
    figures("Tải bảng theo dõi khắc phục", "follow-through/export/", api="get", page="get"),
]  # fmt: skip

SECTIONS = {
    "Các bước của hồ sơ": STEPS,
    "Việc trong hồ sơ": WORK,
    "Danh sách và tải về": LISTS,
    "Số liệu": FIGURES,
    "Người và chức vụ": PEOPLE_CHANGE,
    "Dữ liệu nền": [*REFERENCE, *TIME],
    "Mã truy cập, lịch cá nhân và webhook": WEBHOOKS,
}
TABLE = [row for rows in SECTIONS.values() for row in rows]
