-- Every pair stands at an instant at which a trusted step reading and a trusted motion reading were taken.
select m.sensorReadingTime
from "${database}"."machine_learning_curated" m
left join (select distinct sensorReadingTime from "${database}"."step_trainer_trusted") s
  on s.sensorReadingTime = m.sensorReadingTime
left join (select distinct "timestamp" from "${database}"."accelerometer_trusted") a
  on a."timestamp" = m.sensorReadingTime
where s.sensorReadingTime is null or a."timestamp" is null
