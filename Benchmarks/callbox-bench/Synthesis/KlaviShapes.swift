/// Creates the reports of a Klavi product in the format of samples/klavi. A report consists of a head, transactions up
/// to the requested size, and an end that identifies the report.
///
/// The keys that identify the report are last, because the load generator can then change them cheaply.
struct KlaviProduct: Sendable {
    let name: String
    /// The path of the webhook, relative to the path of the source.
    let path: String
    let head: BodyTemplate
    let transaction: BodyTemplate
    let end: BodyTemplate

    static let all: [KlaviProduct] = [
        KlaviProduct("pf_checking_account", list: "checkingAccounts", account, transaction),
        KlaviProduct("pf_credit_card", list: "creditCards", card, cardTransaction),
        KlaviProduct("pf_categorized_checking_l3", list: "checkingAccounts", account, categorised),
        KlaviProduct("pf_savings_account", list: "savingsAccounts", account, transaction),
    ]

    private init(_ name: String, list: String, _ account: String, _ transaction: String) {
        self.name = name
        path = "/klavi/" + name
        head = BodyTemplate(
            #"{"code":200,"message":"OK","requestId":"{{uuid}}","productName":"\#(name)","productVersion":"V1","#
                + #""enquiryCpf":"{{cpf}}","links":[{"linkId":"{{linkId}}","institutionCode":"{{institution}}","consents":[{"#
                + #""consentId":"{{consentId}}","permissions":{"REGISTRATION_ALL":{"permissionsGranted":true,"accountIds":[]},"#
                + #""ACCOUNTS_ALL":{"permissionsGranted":true,"accountIds":["{{uuid}}"]}}}]}],"\#(list)":[\#(account)"#
                + #""transactionDetails":["#)
        self.transaction = BodyTemplate(transaction)
        end = BodyTemplate(
            #"]}],"productReportTime":"{{time}}","productReportId":"{{uuid:9}}","externalInfo":{"customerId":"C-{{customer}}","#
                + #""traceId":"{{traceId}}"}}"#)
    }

    private static let account =
        #"{"brandName":"Banco Exemplo","bacenName":"BANCO EXEMPLO S.A.","compeCode":"{{institution}}","#
        + #""companyCnpj":"{{cnpj}}","branchCode":"{{digits4}}","number":"{{account}}","checkDigit":"8","#
        + #""subtype":"INDIVIDUAL","civilName":"{{givenName}} {{familyName}}","balances":{"availableAmount":{"amount":"#
        + #""{{amount}}.{{cents}}00","currency":"BRL"},"blockedAmount":{"amount":"0.0000","currency":"BRL"}},"#

    private static let card =
        #"{"brandName":"Banco Exemplo","bacenName":"BANCO EXEMPLO S.A.","companyCnpj":"{{cnpj}}","name":"#
        + #""Cartão Exemplo Ouro","productType":"GOLD","creditCardNetwork":"OUTROS","paymentMethods":[{"#
        + #""identificationNumber":"{{digits4}}","isMultipleCreditCard":false}],"limits":{"limitAmount":{"amount":"#
        + #""{{amount}}.{{cents}}00","currency":"BRL"}},"billId":"{{hex24}}","#

    private static let plain =
        #"{"transactionDate":"{{day}}","transactionDateTime":"{{past}}Z","transactionId":"{{token32}}","#
        + #""completedAuthorisedPaymentType":"TRANSACAO_EFETIVADA","creditDebitType":"{{direction}}","transactionAmount":{"#
        + #""amount":"{{amount}}.{{cents}}00","currency":"BRL"},"transactionName":"COMPRA NO DÉBITO {{merchant}}","#
        + #""partieCnpjCpf":"{{otherCpf}}","partiePersonType":"PESSOA_NATURAL","partieCompeCode":"917","#
        + #""partieBranchCode":"{{digits4}}","partieNumber":"{{digits8}}","partieCheckDigit":"3","#
        + #""postTransactionBalance":"{{amount}}.{{cents}}","type":"CARTAO""#

    private static let transaction = plain + "}"

    private static let categorised =
        plain
        + #","category":"{{category}}","fAll":"0.{{digits4}}","fAllMonth":"0.{{digits4}}","settlementType":"OUTROS"}"#

    private static let cardTransaction =
        #"{"transactionDate":"{{day}}","transactionDateTime":"{{past}}Z","transactionId":"{{token32}}","#
        + #""identificationNumber":"{{digits4}}","transactionName":"{{merchant}}","creditDebitType":"{{direction}}","#
        + #""transactionType":"PAGAMENTO","paymentType":"A_VISTA","chargeIdentificator":"","chargeNumber":"1","#
        + #""transactionAmount":{"amount":"{{amount}}.{{cents}}00","currency":"BRL"},"billPostDate":"{{day}}","#
        + #""payeeMCC":"{{code}}"}"#

    /// Adds all text before the end of the report. Adds at least one transaction, and further transactions until the
    /// size of the report is about `byteCount`.
    func fillBeforeEnd(_ text: inout ByteText, _ values: inout SlotValues, byteCount: Int) {
        head.fill(&text, &values)
        let roomForEnd = 190
        var isFirst = true
        while isFirst || text.count + roomForEnd + 220 < byteCount {
            if !isFirst { text.add(byte: UInt8(ascii: ",")) }
            transaction.fill(&text, &values)
            isFirst = false
        }
    }
}

/// Creates Klavi's events and its smaller reports in the format of samples/klavi.
enum KlaviShapes {
    static let failedReport = BodyTemplate(
        #"{"code":5101,"message":"Não foi possível obter as contas: institution API unavailable","requestId":"{{uuid}}","#
            + #""productName":"pj_checking_account","productVersion":"V1","productReportId":"{{uuid}}","productReportTime":"#
            + #""{{time}}","enquiryCnpj":"{{cnpj}}","links":[{"linkId":"{{linkId}}","institutionCode":"{{institution}}","#
            + #""consents":[{"consentId":"{{consentId}}","permissions":{"REGISTRATION_ALL":{"permissionsGranted":true,"#
            + #""accountIds":[]},"ACCOUNTS_ALL":{"permissionsGranted":true,"accountIds":[]}}}]}]}"#)

    static let linkCreated = BodyTemplate(
        "["
            + event(
                "link_created", #""personalTaxId":"{{cpf}}","businessTaxId":"","linkId":"{{linkId}}""#,
                external:
                    #","nome":"{{givenName}} {{familyName}}","attempt":1,"score":0.{{digits2}},"returning":false,"#
                    + #""application":{"number":"{{digits4}}","channel":"agência {{city}}"}"#)
            + "]")

    static let consent = BodyTemplate(
        "["
            + [
                event(
                    "consent_authorised",
                    payload + #","consents":{"consentId":"{{consentId}}","externalTrackId":"#
                        + #""loan-2026-{{trackId}}","institutionCode":"{{institution}}","permissions":{"REGISTRATION_ALL":{"#
                        + #""permissionsGranted":true,"accountIds":[]}}}"#),
                event("product_request_received", payload + product),
                event("product_generated_success", payload + product),
            ].joined(separator: ",") + "]")

    static let productGenerated = BodyTemplate("[" + event("product_generated_success", payload + product) + "]")

    static let consentRevoked = BodyTemplate(
        "[" + event("consent_revoked", payload + #","consentId":"{{consentId}}""#) + "]")

    static let redirectTarget = BodyTemplate(
        "/klavi/return?link_id={{linkId}}&external_info=%7B%22customerId%22%3A%22C-{{customer}}%22%2C%22traceId%22%3A%22"
            + "{{traceId}}%22%7D&external_track_id={{hex16}}")

    private static let payload =
        #""personalTaxId":"{{cpf}}","businessTaxId":"","linkId":"{{linkId}}","institutionCode":"{{institution}}""#

    private static let product = #","requestId":"{{uuid:1}}","productName":"pf_checking_account""#

    private static func event(_ name: String, _ payload: String, external: String = "") -> String {
        #"{"partnerAppId":"12345678","eventId":"{{millis}}-{{hex24}}","eventType":"api","eventName":"\#(name)","#
            + #""eventTime":"{{time}}.{{digits2}}7Z","payload":{\#(payload)},"externalInfo":{"customerId":"C-{{customer}}","#
            + #""traceId":"{{traceId}}"\#(external)}}"#
    }
}
