-- Grain: one row a customer, whatever the case of the e-mail address.
select lower(trim(email)) from "${database}"."customer_trusted" group by lower(trim(email)) having count(*) > 1
