-- Rows read = rows kept + excluded + quarantined + duplicates, in every step of this run.
select step
from "${database}"."runs"
where run_id = '${run_id}'
  and "read" is not null
  and "read" <> kept + quarantined + duplicates
    + coalesce(reduce(map_values(excluded), cast(0 as bigint), (total, n) -> total + n, total -> total), 0)
