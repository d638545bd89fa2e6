-- A participant id is a keyed hash: 64 hex digits, nothing else.
select participantId
from "${database}"."machine_learning_curated"
where participantId is null or not regexp_like(participantId, '^[0-9a-f]{64}$$')
