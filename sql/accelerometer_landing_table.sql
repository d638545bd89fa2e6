-- One JSON line a reading of the phone app. user is the customer's e-mail address, timestamp is epoch ms.
CREATE EXTERNAL TABLE IF NOT EXISTS `${database}`.`accelerometer_landing` (
  `user` string,
  `timestamp` bigint,
  `x` double,
  `y` double,
  `z` double
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
LOCATION 's3://${bucket}/accelerometer/landing/'
TBLPROPERTIES ('classification' = 'json')
