
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CacheEntry',
            fields=[
                ('cache_key', models.CharField(max_length=255, primary_key=True, serialize=False)),
                ('value', models.TextField()),
                ('expires', models.DateTimeField(db_index=True)),
            ],
            options={
                'db_table': 'cache_entry',
            },
        ),
        migrations.CreateModel(
            name='Cursor',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(default=0)),
                ('moved_ms', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(default=0)),
                ('audit_seq', models.BigIntegerField(default=0)),
                ('audit_hash', models.BinaryField(default=b'')),
            ],
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('process', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('started_ms', models.BigIntegerField()),
                ('at_ms', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='HourlyKey',
            fields=[
                ('hour', models.BigIntegerField(primary_key=True, serialize=False)),
                ('key', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Schedule',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('function', models.CharField(max_length=200)),
                ('every_s', models.PositiveIntegerField()),
                ('next_ms', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('stream', models.CharField(max_length=100)),
                ('consumer', models.CharField(max_length=100)),
                ('offset', models.BigIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('stream', 'consumer'), name='core_acknowledgement_one')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(null=True, unique=True)),
                ('at_ms', models.BigIntegerField()),
                ('what', models.CharField(max_length=100)),
                ('actor', models.BigIntegerField(null=True)),
                ('subject', models.CharField(max_length=200)),
                ('details', models.TextField(default='{}')),
                ('key', models.CharField(default='', max_length=16)),
                ('hash', models.BinaryField(default=b'')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'id'], name='core_audit_subject'), models.Index(condition=models.Q(('seq__isnull', True)), fields=['id'], name='core_audit_unsealed')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('stream', models.CharField(max_length=100)),
                ('body', models.BinaryField()),
            ],
            options={
                'indexes': [models.Index(fields=['stream', 'id'], name='core_batch_stream')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('function', models.CharField(max_length=200)),
                ('args', models.TextField(default='[]')),
                ('queue', models.CharField(default='default', max_length=50)),
                ('key', models.CharField(default='', max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('taken', 'Taken'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('next_ms', models.BigIntegerField()),
                ('token', models.CharField(default='', max_length=32)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('since_ms', models.BigIntegerField()),
                ('fixed', models.BooleanField(default=False)),
                ('error', models.TextField(default='')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'failed'), _negated=True), fields=['next_ms', 'id'], name='core_job_next'), models.Index(condition=models.Q(('state', 'failed')), fields=['id'], name='core_job_failed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting'), models.Q(('key', ''), _negated=True)), fields=('function', 'key'), name='core_job_one_waiting')],
            },
        ),
        migrations.CreateModel(
            name='LimitCount',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('who', models.BinaryField()),
                ('slot', models.BigIntegerField()),
                ('hits', models.PositiveIntegerField(default=1)),
                ('ends_ms', models.BigIntegerField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('who', 'slot'), name='core_limit_one')],
            },
        ),
        migrations.CreateModel(
            name='Outbox',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField(null=True, unique=True)),
                ('kind', models.CharField(max_length=100)),
                ('subject', models.CharField(max_length=200)),
                ('at_ms', models.BigIntegerField()),
                ('payload', models.TextField()),
                ('hints', models.TextField(default='[]')),
            ],
            options={
                'indexes': [models.Index(fields=['kind', 'seq'], name='core_outbox_kind_seq'), models.Index(condition=models.Q(('seq__isnull', True)), fields=['id'], name='core_outbox_unstamped')],
            },
        ),
        migrations.CreateModel(
            name='Setback',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField()),
                ('subject', models.CharField(max_length=200)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_ms', models.BigIntegerField(null=True)),
                ('parked', models.BooleanField(default=False)),
                ('error', models.TextField(default='')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.outbox')),
                ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='setbacks', to='core.cursor')),
            ],
            options={
                'indexes': [models.Index(fields=['subscriber', 'subject', 'seq'], name='core_setback_subject'), models.Index(condition=models.Q(('due_ms__isnull', False)), fields=['due_ms'], name='core_setback_due')],
                'constraints': [models.UniqueConstraint(fields=('subscriber', 'seq'), name='core_setback_once')],
            },
        ),
    ]
