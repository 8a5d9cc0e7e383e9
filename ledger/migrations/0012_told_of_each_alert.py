from django.db import migrations, models


def tell_of_each(apps, schema_editor):
    """What stands under a crisis that runs counts as told of: the totals do not say which it was."""
    for crisis in apps.get_model("ledger", "CrisisRow").objects.filter(closed_at=None):
        under = crisis.alerts.values_list("pk", "document_ids")
        crisis.told = {pk: len(document_ids) for pk, document_ids in under}
        crisis.save(update_fields=["told"])


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0011_own_topics"),
    ]

    operations = [
        migrations.AddField("crisisrow", "told", models.JSONField(default=dict)),
        migrations.RunPython(tell_of_each, migrations.RunPython.noop),
        migrations.RemoveField("crisisrow", "told_alerts"),
        migrations.RemoveField("crisisrow", "told_documents"),
    ]
