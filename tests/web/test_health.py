"""What machines that watch the service are told."""

from django.db.migrations.recorder import MigrationRecorder


def test_alive_asks_the_database_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_says_what_it_looked_at(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    answer = response.json()
    assert answer["ready"] is True
    assert {answer[name] for name in ("database", "migrations", "broker")} == {"ok"}


def test_a_waiting_migration_is_not_ready(client, db):
    MigrationRecorder.Migration.objects.filter(app="workflow").latest("id").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "1 waiting"
