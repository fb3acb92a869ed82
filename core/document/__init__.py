"""Documents: certificates, licences, reports, receipts typeset by typst with an embedded Chinese font."""
