-- One JSON line a reading of the device. sensorReadingTime is epoch ms, distanceFromObject is cm.
CREATE EXTERNAL TABLE IF NOT EXISTS `${database}`.`step_trainer_landing` (
  `sensorReadingTime` bigint,
  `serialNumber` string,
  `distanceFromObject` int
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
LOCATION 's3://${bucket}/step_trainer/landing/'
TBLPROPERTIES ('classification' = 'json')
