-- A curated customer is a trusted one, and has motion data.
select c.email
from "${database}"."customers_curated" c
left join "${database}"."customer_trusted" t on t.email = c.email
left join (select distinct "user" from "${database}"."accelerometer_trusted") a on a."user" = c.email
where t.email is null or a."user" is null
