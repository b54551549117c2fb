/// Bodies and names as the documentation has them.
enum KlaviWire {
    static let event = #"""
        [{"partnerAppId":"12345678","eventId":"1495468585434-0e73d1719173766fe4dfe1a8","eventType":"api",\#
        "eventName":"link_created","eventTime":"2022-06-25T20:08:17.848Z","payload":{"personalTaxId":"25872252137",\#
        "businessTaxId":"22222222000191","linkId":"L-1"},"externalInfo":{"myTraceId":"t1","myUUID":"u1"}}]
        """#
    static let report = #"""
        {"code":200,"message":"OK","requestId":"R-1","productName":"pf_checking_account","productVersion":"V1",\#
        "productReportId":"PR-1","productReportTime":"2019-12-23T06:10:43","enquiryCpf":"12345678909",\#
        "links":[{"linkId":"L-1","institutionCode":"033","consents":[{"consentId":"C-1","permissions":\#
        {"REGISTRATION_ALL":{"permissionsGranted":true,"accountIds":[]}}}]}],\#
        "checkingAccounts":[{"brandName":"B","subtype":"CONJUNTA_SIMPLES","balances":{"availableAmount":\#
        {"amount":"1000.0400","currency":"BRL"}},"transactionDetails":[{"transactionId":"T-1","transactionAmount":\#
        {"amount":"12.50","currency":"BRL"}}]}],"externalInfo":{"myTraceId":"t1"}}
        """#

    static let products = [
        "checking_account", "savings_account", "credit_card", "balance", "loans", "financing",
        "unarranged_account_overdraft", "invoice_financing", "bank_fixed_incomes", "credit_fixed_incomes",
        "variable_incomes", "treasure_titles", "funds", "categorized_checking_l2", "categorized_savings_l2",
        "categorized_creditcard_l2", "categorized_checking_l3", "categorized_savings_l3", "categorized_creditcard_l3",
    ]
}
