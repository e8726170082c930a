"""The same rows by hand-written SQL: what lists, cases and feed of the API are compared with."""

from collections.abc import Callable
from typing import Any

from django.db import connection

Run = Callable[[], Any]


def fetches(*statements: tuple[str, list[Any]]) -> Run:
    """To fetch what these statements find, on a bare cursor."""

    def fetch() -> int:
        count = 0
        with connection.cursor() as cursor:
            for sql, given in statements:
                cursor.execute(sql, given)
                count += len(cursor.fetchall())
        return count

    return fetch


LIST = """
SELECT c.number, u.code, u.kind, u.name, i.code, i.title_vi, i.title_en, c.colour, c.state, c.verifier,
    c.turn_due_on, c.assignee_id, p.full_name, p.email, c.due_on, c.original_due_on, c.extension_count,
    c.reopening_count, c.recurrence_of_id, c.recurrence_count, c.opened_at, c.closed_at, c.version
FROM workflow_case c
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
LEFT JOIN organisations_user p ON p.id = c.assignee_id
WHERE {where} ORDER BY {order} LIMIT 50
"""

#: One case: each table that the answer tells of, by hand. %s is its key.
ONE_CASE = {
    "case": """
SELECT c.*, u.code, u.kind, u.name, u.parent_id, i.code, i.title_vi, i.title_en, p.full_name, p.email,
    y.verifier, y.extension_limit, o.number, r.colour, r.finding, a.kind, d.code, l.colour, l.finding,
    b.kind, e.code
FROM workflow_case c
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
JOIN workflow_policy y ON y.id = c.policy_id
JOIN indicators_rating r ON r.id = c.rating_id JOIN indicators_assessment a ON a.id = r.assessment_id
JOIN indicators_period d ON d.id = a.period_id
JOIN indicators_rating l ON l.id = c.latest_rating_id JOIN indicators_assessment b ON b.id = l.assessment_id
JOIN indicators_period e ON e.id = b.period_id
LEFT JOIN organisations_user p ON p.id = c.assignee_id
LEFT JOIN workflow_case o ON o.id = c.recurrence_of_id
WHERE c.id = %s""",
    "recurrences": "SELECT number FROM workflow_case WHERE recurrence_of_id = %s",
    "events": "SELECT kind, at, changes, actor_id FROM workflow_event WHERE case_id = %s ORDER BY seq",
    "parts": """
SELECT p.part, p.ended_at, u.id, u.full_name, u.email FROM workflow_participation p
JOIN organisations_user u ON u.id = p.user_id WHERE p.case_id = %s""",
    "analysis": "SELECT * FROM actions_causeanalysis WHERE case_id = %s",
    "actions": "SELECT * FROM actions_correctiveaction WHERE case_id = %s",
    "evidence": "SELECT * FROM actions_evidence WHERE case_id = %s",
    "timers": """
SELECT t.*, u.full_name, u.email FROM workflow_timer t LEFT JOIN organisations_user u ON u.id = t.owner_id
WHERE t.case_id = %s""",
    # CROSS has SQLite join them in this order.
    "ratings": """
SELECT a.kind, d.code, r.colour, r.finding
FROM workflow_case c CROSS JOIN indicators_assessment a CROSS JOIN indicators_rating r
JOIN indicators_period d ON d.id = a.period_id
WHERE c.id = %s AND a.unit_id = c.unit_id AND r.assessment_id = a.id AND r.indicator_id = c.indicator_id
    AND r.superseded_at IS NULL""",
    "people": """
WITH here AS (
    SELECT u.id, u.parent_id FROM workflow_case c JOIN organisations_unit u ON u.id = c.unit_id
    WHERE c.id = %s
)
SELECT a.role, a.unit_id, u.id, u.full_name, u.email, u.sort_key
FROM organisations_appointment a JOIN organisations_user u ON u.id = a.user_id
WHERE a.unit_id IN (SELECT id FROM here UNION ALL SELECT parent_id FROM here)""",
    "deputies": """
SELECT d.giver_id, d.taker_id FROM organisations_delegation d JOIN workflow_case c ON c.unit_id = d.unit_id
WHERE c.id = %s""",
    "calendar": 'SELECT "on", is_working FROM workflow_calendarday WHERE %s > 0',
}

FEED = """
SELECT t.position, e.seq, e.kind, e.at, e.note, e.changes, e.once, e.previous_hash, e.hash, p.id,
    p.full_name, p.email, c.number, c.state, u.code, i.code
FROM (SELECT * FROM notifications_told WHERE position > %s ORDER BY position LIMIT {window}) t
JOIN workflow_event e ON e.id = t.event_id
JOIN workflow_case c ON c.id = e.case_id
JOIN organisations_unit u ON u.id = c.unit_id
JOIN indicators_indicator i ON i.id = c.indicator_id
LEFT JOIN organisations_user p ON p.id = e.actor_id
WHERE {sees} ORDER BY t.position LIMIT 100
"""
