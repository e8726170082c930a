"""The words a case is found by, kept by the database itself: whoever changes a name changes them."""

import importlib

from django.db import migrations

run = importlib.import_module("workflow.migrations.0002_append_only").run

#: Number (with the running number also bare), unit, indicator, person, and what was found.
TEXT = """
    replace(c.number, '-', ' ') || ' ' || ltrim(substr(c.number, 6), '0') || ' ' || u.search_text || ' '
    || i.search_text || ' ' || coalesce(p.search_text, '') || ' ' || substr(r.finding, 1, 10000) || ' '
    || CASE WHEN l.id = r.id THEN '' ELSE substr(l.finding, 1, 10000) END
"""
JOINS = """
    workflow_case c
    JOIN organisations_unit u ON u.id = c.unit_id
    JOIN indicators_indicator i ON i.id = c.indicator_id
    LEFT JOIN organisations_user p ON p.id = c.assignee_id
    JOIN indicators_rating r ON r.id = c.rating_id
    JOIN indicators_rating l ON l.id = c.latest_rating_id
"""
#: Table whose rows are named in the text of cases, by the column that refers to it.
NAMED = {
    "organisations_unit": "unit_id",
    "indicators_indicator": "indicator_id",
    "organisations_user": "assignee_id",
}


def _kept(where: str, also: str = "") -> str:
    """PostgreSQL: write the words of the cases meant, over those they had."""
    return f"""
        INSERT INTO workflow_case_words (case_id, words)
        SELECT c.id, workflow_words({TEXT}) FROM {JOINS} {also} WHERE {where}
        ON CONFLICT (case_id) DO UPDATE SET words = excluded.words
    """


def _function(name: str, body: str) -> str:
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN {body}; RETURN NULL; END $$
    """


CHANGED = " OR ".join(
    f"n.{column} IS DISTINCT FROM o.{column}"
    for column in ("unit_id", "assignee_id", "rating_id", "latest_rating_id")
)

# Words are cut at what is neither letter nor digit; a dot between digits stays, for "1.4" is one word.
# No language is assumed: Vietnamese has no endings to strip.
POSTGRESQL = [
    r"""
    CREATE FUNCTION workflow_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT DISTINCT left(word, 60) FROM regexp_split_to_table(
            lower(regexp_replace(normalize(translate(said, 'Đđ', 'Dd'), NFD), '[\u0300-\u036f]', '', 'g')),
            '[^a-z0-9.]+|(?<!\d)\.|\.(?!\d)'
        ) word WHERE word <> ''
    )) $$
    """,
    "CREATE TABLE workflow_case_words (case_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX workflow_case_by_word ON workflow_case_words USING gin (words)",
    _kept("true"),
    _function("workflow_words_of_new", _kept("true", "JOIN added a ON a.id = c.id")),
    """
    CREATE TRIGGER workflow_words_of_new AFTER INSERT ON workflow_case REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION workflow_words_of_new()
    """,
    _function(
        "workflow_words_of_changed",
        _kept(CHANGED, "JOIN now_so n ON n.id = c.id JOIN once_so o ON o.id = n.id"),
    ),
    """
    CREATE TRIGGER workflow_words_of_changed AFTER UPDATE ON workflow_case
    REFERENCING OLD TABLE AS once_so NEW TABLE AS now_so
    FOR EACH STATEMENT EXECUTE FUNCTION workflow_words_of_changed()
    """,
]
DROP_POSTGRESQL = [
    "DROP TRIGGER workflow_words_of_new ON workflow_case",
    "DROP TRIGGER workflow_words_of_changed ON workflow_case",
]
SQLITE = [
    """
    CREATE VIRTUAL TABLE workflow_case_words USING fts5(
        words, tokenize = "unicode61 remove_diacritics 2"
    )
    """,
]
DROP_SQLITE = []


def _written(where: str) -> str:
    """SQLite: the same; its own tokenizer folds the tones, but not the letter đ."""
    return f"""
        INSERT OR REPLACE INTO workflow_case_words (rowid, words)
        SELECT c.id, replace(replace({TEXT}, 'đ', 'd'), 'Đ', 'D') FROM {JOINS} WHERE {where}
    """


SQLITE += [
    _written("true"),
    f"""
    CREATE TRIGGER workflow_words_of_new AFTER INSERT ON workflow_case
    BEGIN {_written("c.id = NEW.id")}; END
    """,
    f"""
    CREATE TRIGGER workflow_words_of_changed
    AFTER UPDATE OF unit_id, assignee_id, rating_id, latest_rating_id ON workflow_case
    WHEN OLD.unit_id IS NOT NEW.unit_id OR OLD.assignee_id IS NOT NEW.assignee_id
        OR OLD.rating_id IS NOT NEW.rating_id OR OLD.latest_rating_id IS NOT NEW.latest_rating_id
    BEGIN {_written("c.id = NEW.id")}; END
    """,
    """
    CREATE TRIGGER workflow_words_of_none AFTER DELETE ON workflow_case
    BEGIN DELETE FROM workflow_case_words WHERE rowid = OLD.id; END
    """,
]
DROP_SQLITE += [f"DROP TRIGGER workflow_words_of_{which}" for which in ("new", "changed", "none")]

for table, column in NAMED.items():
    name = f"workflow_words_of_{table}"
    POSTGRESQL += [
        _function(name, _kept(f"c.{column} = NEW.id")),
        f"""
        CREATE TRIGGER {name} AFTER UPDATE OF search_text ON {table} FOR EACH ROW
        WHEN (OLD.search_text IS DISTINCT FROM NEW.search_text) EXECUTE FUNCTION {name}()
        """,
    ]
    DROP_POSTGRESQL += [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"]
    SQLITE += [
        f"""
        CREATE TRIGGER {name} AFTER UPDATE OF search_text ON {table}
        WHEN OLD.search_text IS NOT NEW.search_text
        BEGIN {_written(f"c.{column} = NEW.id")}; END
        """
    ]
    DROP_SQLITE += [f"DROP TRIGGER {name}"]

DROP_POSTGRESQL += [
    "DROP FUNCTION workflow_words_of_new()",
    "DROP FUNCTION workflow_words_of_changed()",
    "DROP TABLE workflow_case_words",
    "DROP FUNCTION workflow_words(text)",
]
DROP_SQLITE += ["DROP TABLE workflow_case_words"]


class Migration(migrations.Migration):
    dependencies = [
        ("workflow", "0006_rounds_of_the_clock"),
        ("indicators", "0003_catalogue"),
        ("organisations", "0001_initial"),
    ]

    operations = [migrations.RunPython(run(POSTGRESQL, SQLITE), run(DROP_POSTGRESQL, DROP_SQLITE))]
