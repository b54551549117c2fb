import Testing

@testable import Redaction

@Suite("The meaning of names")
struct NameMeaningTests {
    @Test(
        "a name's words are the same in every spelling",
        arguments: [
            ("enquiryCpf", ["enquiry", "cpf"]), ("enquiry_cpf", ["enquiry", "cpf"]), ("CPFNumber", ["cpf", "number"]),
            ("ENQUIRY-CPF", ["enquiry", "cpf"]), ("phone2", ["phone"]), ("sin_ssn", ["sin", "ssn"]),
            ("agência", ["agência"]), ("", []), ("__", []), ("a", ["a"]), ("AB", ["ab"]), ("aB", ["a", "b"]),
        ])
    func words(name: String, expected: [String]) {
        #expect(NameWords.words(of: name) == expected)
    }

    @Test("a name of any length has a limited number of words")
    func longName() {
        #expect(NameWords.words(of: String(repeating: "aB", count: 1_000_000)).count <= 128)
    }

    @Test(
        "names of personal, company and document numbers are recognised",
        arguments: [
            "cpf", "enquiryCpf", "enquiry_cpf", "enquiryCnpj", "companyCnpj", "partieCnpjCpf", "payer_cnpj",
            "personalTaxId", "businessTaxId", "taxId", "tax_id", "sin_ssn", "SIN", "ssn", "document", "documentNumber",
            "documento", "nationalId", "passport", "passportNumber", "identificationNumber",
            "socialInsuranceNumber", "payload.personalTaxId",
        ])
    func identity(name: String) {
        #expect(NameMeaning(name: name, outer: nil) == .identity)
    }

    @Test(
        "names of telephone numbers are recognised",
        arguments: ["phone", "phoneNumber", "contact_phone", "mobile", "telefone", "celular", "fax", "tel"])
    func phone(name: String) {
        #expect(NameMeaning(name: name, outer: nil) == .phone)
    }

    @Test(
        "names of account numbers are recognised",
        arguments: [
            "account", "accountNumber", "account_number", "iban", "branch", "branchCode", "partieBranchCode",
            "partieNumber", "conta", "agencia", "routingNumber", "transit_number", "cardNumber", "pixKey",
        ])
    func account(name: String) {
        #expect(NameMeaning(name: name, outer: nil) == .account)
    }

    @Test(
        "names of credentials are recognised",
        arguments: [
            "token", "access_token", "accessToken", "id_token", "refresh_token", "linkToken", "magicLinkToken",
            "reportToken", "secret", "secretKey", "client_secret", "password", "signature", "apiKey", "Authorization",
            "api_key", "auth_code", "jwt", "sig", "pin", "passphrase", "sessionId", "session_id", "credential",
            "credentials", "assertion", "client_assertion", "otp", "otp_code", "passcode", "pwd", "apiSecretKey",
            "authorization_code", "bearerToken", "SAMLResponse", "signing-key", "verification_code", "cvv",
        ])
    func credential(name: String) {
        #expect(NameMeaning(name: name, outer: nil) == .credential)
    }

    @Test(
        "names that only resemble sensitive names have no meaning",
        arguments: [
            "code", "institutionCode", "compeCode", "tspTokenHash", "consent_signature", "linkId", "accountIds",
            "account_type", "accountBalance", "phone_type", "phone_verified_at", "documentType", "document_id",
            "cardName", "credential_verification", "request_instant_verify_credential", "session", "sessions", "nonce",
            "login_id", "caseId", "requestId", "consentId", "cfRef", "uuid", "tag", "pass", "keyId", "options",
            "pinned",
            "creditCardNetwork", "number", "value", "id", "email", "passport_expiry", "sinUrl", "", "eventId",
        ])
    func harmless(name: String) {
        #expect(NameMeaning(name: name, outer: nil) == nil)
    }

    @Test(
        "a member with a general name, such as 'number', has the meaning of its parent member",
        arguments: [
            ("number", "checkingAccounts", NameMeaning.account), ("number", "phone_number", .phone),
            ("number", "drivers_licence", .identity), ("numero", "documento", .identity), ("value", "phones", .phone),
            ("number", "creditCards", .account),
            ("value", "credentials", .credential), ("phone_number.number", "account", .phone),
        ])
    func number(name: String, outer: String, expected: NameMeaning) {
        #expect(NameMeaning(name: name, outer: outer) == expected)
    }

    @Test("'number' has no meaning if its parent member has none", arguments: ["application", "order", "charges", ""])
    func harmlessNumber(outer: String) {
        #expect(NameMeaning(name: "number", outer: outer) == nil)
    }
}
