-- Every step reading comes from the device of exactly one curated customer, after the consent where that is the policy.
select s.serialNumber
from "${database}"."step_trainer_trusted" s
left join (
  select serialNumber, count(*) as owners, min(shareWithResearchAsOfDate) as consent
  from "${database}"."customers_curated"
  group by serialNumber
) c on c.serialNumber = s.serialNumber
where c.owners is null
   or c.owners <> 1
   or ('${consent}' = 'at_collection' and s.sensorReadingTime < c.consent)
