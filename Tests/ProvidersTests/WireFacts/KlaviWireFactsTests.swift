import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// PROVIDERS.md 1 and 6, line by line: what Klavi sends, and what we make of it.
@Suite("Wire facts: Klavi")
struct KlaviWireFactsTests {
    private let provider = KlaviProvider()
    private static let greeting = Screening.greeting(.json(200, #"{"ok":true}"#), event: "connectivity test")

    private static func hex(_ body: String) -> String {
        Hex.encode(TestCode.hmac(key: "klavi-test-secret", Array(body.utf8)))
    }

    private func verify(
        _ body: String, signature: String?, others: [HeaderField] = [], acceptsCompacted: Bool = false
    ) -> OriginCheck {
        let headers = others + (signature.map { [HeaderField("X-Klavi-Signature", $0)] } ?? [])
        return KlaviProvider(acceptsCompacted: acceptsCompacted)
            .verify(.with(headers: headers, body: Array(body.utf8)), with: [SampleSources.klaviSecret])
    }

    private func screen(
        _ method: String, _ target: String = "/klavi", headers: [HeaderField] = [], body: String = "",
        redirects: RedirectPolicy = .none
    ) -> Screening {
        provider.screen(
            .with(method: method, target: target, headers: headers, body: Array(body.utf8)), redirects: redirects)
    }

    private func only(_ body: String, headers: [HeaderField] = []) throws -> ReportContent {
        let reports = provider.interpret(body: body, headers: headers)
        #expect(reports.count == 1)
        return try #require(reports.first)
    }

    // MARK: 1.1.1

    @Test("1.1.1 both kinds come by POST as JSON and are deliveries", arguments: [KlaviWire.event, KlaviWire.report])
    func post(_ body: String) {
        #expect(screen("POST", headers: [HeaderField("Content-Type", "application/json")], body: body) == .delivery)
        #expect(screen("POST", headers: [], body: body) == .delivery, "the content type is not documented")
    }

    @Test("1.1.1 an event's root is an array, a report's an object")
    func roots() throws {
        #expect(try only(KlaviWire.event).dedupeKey.hasPrefix("event:"))
        #expect(try only(KlaviWire.report).dedupeKey == "report:PR-1")
    }

    @Test(
        "1.1.1 one door takes reports of the one-time, the per-link and the console's URL, whatever their paths",
        arguments: ["/klavi", "/klavi/", "/klavi/once/1", "/klavi/links/a?b=c", "/klavi/checking/yourpath"])
    func paths(_ target: String) {
        #expect(SampleSources.table.source(at: RequestTarget(target).path)?.name == "klavi")
        #expect(screen("POST", target, body: KlaviWire.report) == .delivery)
    }

    @Test(
        "1.1.1 what tells of a report's making is an event, not a product",
        arguments: ["product_request_received", "product_generated_success", "product_generated_failed"])
    func lifecycle(_ name: String) throws {
        #expect(try only(#"[{"eventName":"\#(name)","eventId":"1"}]"#).dedupeKey == "event:1")
        #expect(KlaviProvider.kindsWithoutCallbackURL.contains(name))
    }

    // MARK: 1.1.2

    @Test(
        "1.1.2 the signature is lower-case hex HMAC-SHA256 over the body",
        arguments: [KlaviWire.event, KlaviWire.report])
    func signature(_ body: String) {
        let signature = Self.hex(body)
        #expect(signature.utf8.count == 64 && signature == signature.lowercased())
        #expect(verify(body, signature: signature) == .verified(secretName: "primary"))
        #expect(verify(body + " ", signature: signature) == .failed(.mismatch))
    }

    @Test("1.1.2 the key is the secretKey and no other")
    func key() {
        let signature = Hex.encode(TestCode.hmac(key: "accessKey", Array(KlaviWire.event.utf8)))
        #expect(verify(KlaviWire.event, signature: signature) == .failed(.mismatch))
    }

    @Test("1.1.2 the timestamp header holds decimal Unix seconds and is understood without a warning")
    func timestamp() throws {
        #expect(try only(KlaviWire.event, headers: [HeaderField("X-Klavi-Timestamp", "1700000000")]).problem == nil)
        #expect(try only(KlaviWire.event, headers: [HeaderField("X-Klavi-Timestamp", "soon")]).problem != nil)
    }

    @Test("1.1.2 the timestamp is not signed, so any or none verifies", arguments: [nil, "1740716924", "0", "x"])
    func unsignedTimestamp(_ time: String?) {
        let others = time.map { [HeaderField("X-Klavi-Timestamp", $0)] } ?? []
        #expect(
            verify(KlaviWire.event, signature: Self.hex(KlaviWire.event), others: others)
                == .verified(secretName: "primary"))
        let withTime = Hex.encode(TestCode.hmac(key: "klavi-test-secret", Array("1740716924.\(KlaviWire.event)".utf8)))
        #expect(verify(KlaviWire.event, signature: withTime, others: others) == .failed(.mismatch))
    }

    @Test(
        "1.1.2 events and reports are both signed, and a missing signature is told",
        arguments: [KlaviWire.event, KlaviWire.report])
    func missing(_ body: String) {
        #expect(verify(body, signature: nil) == .failed(.missing))
    }

    @Test("1.1.2 a signature over compact JSON counts where that is switched on")
    func compacted() {
        let spaced = KlaviWire.event.replacingOccurrences(of: ",\"", with: ",\n  \"")
        #expect(spaced != KlaviWire.event)
        let signature = Self.hex(KlaviWire.event)
        #expect(verify(spaced, signature: signature) == .failed(.mismatch))
        #expect(verify(spaced, signature: signature, acceptsCompacted: true) == .verified(secretName: "primary"))
        #expect(
            verify(spaced, signature: Self.hex(spaced), acceptsCompacted: true) == .verified(secretName: "primary"))
    }

    @Test("1.1.2 hex may stand alone or behind sha256=", arguments: ["", "sha256="])
    func prefixes(_ prefix: String) {
        #expect(
            verify(KlaviWire.event, signature: prefix + Self.hex(KlaviWire.event)) == .verified(secretName: "primary"))
    }

    @Test("1.1.2 a replayed event has the key of the first, by its eventId")
    func replay() throws {
        let later = KlaviWire.event.replacingOccurrences(of: "t1", with: "t2")
        #expect(try only(KlaviWire.event).dedupeKey == only(later).dedupeKey)
        #expect(try only(KlaviWire.event).dedupeKey == "event:1495468585434-0e73d1719173766fe4dfe1a8")
    }

    @Test("1.1.2 the console's test posts nothing, with or without Authorization", arguments: [nil, "Bearer x"])
    func emptyPost(_ authorization: String?) {
        let headers = authorization.map { [HeaderField("Authorization", $0)] } ?? []
        #expect(screen("POST", headers: headers) == Self.greeting)
    }

    @Test("1.1.2 a report needs no Authorization and gains nothing by one", arguments: [nil, "Bearer x"])
    func authorization(_ value: String?) {
        let others = value.map { [HeaderField("Authorization", $0)] } ?? []
        #expect(
            verify(KlaviWire.report, signature: Self.hex(KlaviWire.report), others: others)
                == .verified(secretName: "primary"))
        #expect(verify(KlaviWire.report, signature: nil, others: others) == .failed(.missing))
    }

    @Test("1.1.2 a plain GET is answered 200")
    func plainGet() {
        #expect(screen("GET") == Self.greeting)
    }

    @Test(
        "1.1.2 the addresses Klavi sends from can be allowed, and no others",
        arguments: [("18.231.92.86", true), ("18.230.43.17", true), ("18.230.43.18", false), ("192.0.2.1", false)])
    func addresses(_ peer: String, _ isAllowed: Bool) throws {
        var policy = SenderPolicy()
        policy.allowed = [try #require(AddressRange("18.231.92.86")), try #require(AddressRange("18.230.43.17"))]
        let request = InboundRequest(
            method: "POST", target: RequestTarget("/klavi"), headers: [], body: [], peer: peer, receivedAt: .vectors)
        #expect(policy.admits(request) == isAllowed)
    }

    // MARK: 1.1.3

    @Test("1.1.3 what is answered at once is answered exactly 200", arguments: ["GET", "HEAD", "POST"])
    func exactly200(_ method: String) {
        guard case .greeting(let answer, _) = screen(method) else {
            Issue.record("\(method) is not greeted")
            return
        }
        #expect(answer.status == 200)
    }

    @Test("1.1.3 a delivery is never redirected, wherever visitors go")
    func noRedirect() throws {
        let redirects = try RedirectPolicy(allowed: [], landing: "https://app.example.com/")
        #expect(screen("POST", "/klavi?link_id=1", body: KlaviWire.event, redirects: redirects) == .delivery)
    }

    @Test("1.1.3 five retries are one report", arguments: [KlaviWire.event, KlaviWire.report])
    func retries(_ body: String) {
        let keys = (0...5).flatMap { attempt in
            provider.interpret(body: body, headers: [HeaderField("X-Klavi-Timestamp", "170000000\(attempt)")])
                .map(\.dedupeKey)
        }
        #expect(keys.count == 6 && Set(keys).count == 1)
    }

    // MARK: 1.1.4

    @Test("1.1.4 encrypted values are kept as they came")
    func encrypted() throws {
        let body = KlaviWire.report.replacingOccurrences(of: "12345678909", with: "q83vEjRWeJA=")
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        #expect(try only(body).values(of: "enquiryCpf") == ["q83vEjRWeJA="])
        #expect(try only(body).problem == nil)
    }

    // MARK: 1.1.5

    @Test(
        "1.1.5 an event's members are indexed",
        arguments: [
            ("partnerAppId", "12345678"), ("eventId", "1495468585434-0e73d1719173766fe4dfe1a8"),
            ("personalTaxId", "25872252137"), ("businessTaxId", "22222222000191"), ("linkId", "L-1"),
            ("externalInfo.myTraceId", "t1"), ("externalInfo.myUUID", "u1"),
        ])
    func eventFields(_ name: String, _ value: String) throws {
        #expect(try only(KlaviWire.event).values(of: name) == [value])
    }

    @Test("1.1.5 the id is spelt eventId or eventID", arguments: ["eventId", "eventID"])
    func eventID(_ name: String) throws {
        #expect(try only(#"[{"eventName":"link_created","\#(name)":"1-a"}]"#).dedupeKey == "event:1-a")
    }

    @Test("1.1.5 the time is ISO 8601 with milliseconds in UTC")
    func eventTime() throws {
        #expect(try only(KlaviWire.event).providerTime?.rfc3339 == "2022-06-25T20:08:17.848Z")
    }

    @Test("1.1.5 the event's externalInfo is given back as it came")
    func eventExternalInfo() throws {
        #expect(try only(KlaviWire.event).externalInfo == #"{"myTraceId":"t1","myUUID":"u1"}"#)
    }

    @Test(
        "1.1.5 every event name is the report's kind and finds its route",
        arguments: [
            "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired",
            "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
            "product_generated_failed", "link_action_status",
        ])
    func eventNames(_ name: String) throws {
        let report = try only(
            #"[{"eventType":"api","eventName":"\#(name)","eventId":"1","payload":{"linkId":"L"}}]"#)
        #expect(report.kind == name && report.problem == nil)
        #expect(report.values(of: "linkId") == ["L"])
        try expectRouted(name)
        #expect(KlaviProvider.kindsWithoutCallbackURL.contains(name))
    }

    @Test("1.1.5 consents are an object, or an array", arguments: [false, true])
    func consents(_ isArray: Bool) throws {
        let consent = #"{"consentId":"C","externalTrackId":"T","institutionCode":"033","permissions":{}}"#
        let report = try only(
            #"[{"eventName":"consent_authorised","payload":{"consents":\#(isArray ? "[\(consent)]" : consent)}}]"#)
        #expect(report.values(of: "consentId") == ["C"])
        #expect(report.values(of: "externalTrackId") == ["T"])
        #expect(report.values(of: "institutionCode") == ["033"])
    }

    @Test(
        "1.1.5 link_action_status carries one of the consent words as its status",
        arguments: [
            "consent_authorised", "consent_error", "consent_rejected", "consent_expired", "consent_revoked",
            "consent_deleted_by_user",
        ])
    func linkActionStatus(_ status: String) throws {
        let report = try only(
            #"""
            [{"eventName":"link_action_status","eventId":"1","payload":{"personalTaxId":"1","businessTaxId":"2",
            "linkId":"L","institutionCode":"033","status":"\#(status)"}}]
            """#)
        #expect(report.kind == "link_action_status" && report.problem == nil)
        let names = ["personalTaxId", "businessTaxId", "linkId", "institutionCode"]
        #expect(names.flatMap { report.values(of: $0) } == ["1", "2", "L", "033"])
    }

    @Test("1.1.5 the analysis space sends analysis_finished with its batch")
    func analysis() throws {
        let report = try only(
            #"""
            [{"eventType":"analysis","eventName":"analysis_finished","eventId":"1",
            "payload":{"batchId":"B","presignedUrl":"https://files.example/x?sig=1"}}]
            """#)
        #expect(report.kind == "analysis_finished" && report.values(of: "batchId") == ["B"])
        #expect(!report.fields.contains { $0.value.contains("sig=") }, "a signed address is no field")
    }

    @Test("1.1.5 other spaces sign the same way", arguments: ["payment", "monitor", "analysis"])
    func otherSpaces(_ space: String) {
        let body = #"[{"eventType":"\#(space)","eventName":"x_happened","eventId":"1"}]"#
        let time = [HeaderField("X-Klavi-Timestamp", "1700000000")]
        #expect(verify(body, signature: Self.hex(body), others: time) == .verified(secretName: "primary"))
        #expect(provider.interpret(body: body).map(\.kind) == ["x_happened"])
    }

    // MARK: 1.1.6

    @Test(
        "1.1.6 a report's members are indexed",
        arguments: [
            ("code", "200"), ("requestId", "R-1"), ("productName", "pf_checking_account"), ("productReportId", "PR-1"),
            ("enquiryCpf", "12345678909"), ("linkId", "L-1"), ("institutionCode", "033"), ("consentId", "C-1"),
            ("externalInfo.myTraceId", "t1"),
        ])
    func reportFields(_ name: String, _ value: String) throws {
        #expect(try only(KlaviWire.report).values(of: name) == [value])
    }

    @Test("1.1.6 the product's name is the kind, and its id the key")
    func reportKind() throws {
        let report = try only(KlaviWire.report)
        #expect(report.kind == "pf_checking_account" && report.dedupeKey == "report:PR-1")
        #expect(report.externalInfo == #"{"myTraceId":"t1"}"# && report.problem == nil)
    }

    @Test("1.1.6 a time without a zone is read as UTC")
    func reportTime() throws {
        #expect(try only(KlaviWire.report).providerTime?.rfc3339 == "2019-12-23T06:10:43.000Z")
    }

    @Test("1.1.6 a company's report is found by its CNPJ")
    func company() throws {
        let body = #"{"productName":"pj_checking_account","productReportId":"1","enquiryCnpj":"22222222000191"}"#
        #expect(try only(body).values(of: "enquiryCnpj") == ["22222222000191"])
    }

    @Test("1.1.6 amounts are texts and are not taken for fields")
    func amounts() throws {
        #expect(try only(KlaviWire.report).fields.allSatisfy { !["1000.0400", "12.50", "BRL"].contains($0.value) })
    }

    @Test(
        "1.1.6 any container may follow the envelope",
        arguments: [
            "checkingAccounts", "savingsAccounts", "creditCards", "creditCardAccounts", "investments", "somethingNew",
        ])
    func containers(_ name: String) throws {
        let report = try only(
            #"{"code":200,"productName":"pf_x","productReportId":"1","\#(name)":[{"number":"1","limits":[{}]}]}"#)
        #expect(report.kind == "pf_x" && report.problem == nil)
    }

    @Test(
        "1.1.6 a checking account's subtypes are not looked at",
        arguments: ["INDIVIDUAL", "CONJUNTA_SIMPLES", "CONJUNTA_SOLIDARIA"])
    func subtypes(_ name: String) throws {
        let body = KlaviWire.report.replacingOccurrences(of: "CONJUNTA_SIMPLES", with: name)
        #expect(try only(body).fields == only(KlaviWire.report).fields)
    }

    @Test("1.1.6 several products of one link are several reports with its linkId")
    func productsOfOneLink() throws {
        let other = KlaviWire.report.replacingOccurrences(of: "pf_checking_account", with: "pf_credit_card")
            .replacingOccurrences(of: "PR-1", with: "PR-2")
        let both = [try only(KlaviWire.report), try only(other)]
        #expect(Set(both.map(\.dedupeKey)).count == 2)
        #expect(both.allSatisfy { $0.values(of: "linkId") == ["L-1"] })
    }

    @Test("1.1.6 a failed report is the same envelope with another code", arguments: [200, 204, 205, 5000, 5100, 5299])
    func codes(_ code: Int) throws {
        let report = try only(
            #"{"code":\#(code),"message":"m","requestId":"R","productName":"pf_loans","productReportId":"1"}"#)
        #expect(report.kind == "pf_loans" && report.values(of: "code") == ["\(code)"])
    }

    @Test(
        "1.1.6 the older snake_case reports are read under their names",
        arguments: [
            "Category_checking", "Category_creditcard", "Income", "Liabilities", "Financial_insight", "Score_k1",
            "FGTS", "Investment", "Corporate_checking", "Gig_economy", "Identity", "Balance", "Auth_account",
            "Auth_creditcard",
        ])
    func olderReports(_ name: String) throws {
        let report = try only(
            #"""
            {"enquiry_cpf":"1","user_consent":true,"allow_autoupdate":false,"connection_key":"K","connection_id":"I",
            "institution_id":"033","report_type":"\#(name)","report_id":"ID","report_version":"1"}
            """#)
        #expect(report.kind == name && report.dedupeKey == "report:ID" && report.problem == nil)
        let names = ["enquiry_cpf", "connection_key", "connection_id", "institution_id", "report_id"]
        #expect(names.flatMap { report.values(of: $0) } == ["1", "K", "I", "033", "ID"])
        try expectRouted(name)
    }

    // MARK: 1.1.7

    @Test(
        "1.1.7 a browser comes back with GET and is thanked, with the parameters of either flow",
        arguments: [
            "link_id=L&external_info=%7B%22a%22%3A%22b%22%7D",
            "link_id=L&consent_id=C&external_info=%7B%22a%22%3A%22b%22%7D&external_track_id=T",
        ])
    func redirect(_ query: String) throws {
        guard case .visit(let answer) = screen("GET", "/klavi/back?\(query)") else {
            Issue.record("no visit")
            return
        }
        #expect(answer.status == 200)
        let report = try #require(provider.interpret(target: "/klavi/back?\(query)").first)
        #expect(report.kind == "redirect" && report.externalInfo == #"{"a":"b"}"#)
        #expect(report.values(of: "linkId") == ["L"])
        #expect(report.values(of: "consentId") == (query.contains("consent_id") ? ["C"] : []))
        #expect(report.values(of: "externalTrackId") == (query.contains("track") ? ["T"] : []))
    }

    @Test(
        "1.1.7 a failure adds error and its description, in either flow",
        arguments: ["link_id=L", "link_id=L&consent_id=C&external_track_id=T"])
    func redirectError(_ query: String) throws {
        let target = "/klavi/back?\(query)&error=access_denied&error_description=by%20user"
        guard case .visit(let answer) = screen("GET", target) else {
            Issue.record("no visit")
            return
        }
        #expect(String(decoding: answer.body, as: UTF8.self).contains("Not completed"))
        #expect(try #require(provider.interpret(target: target).first).values(of: "error") == ["access_denied"])
    }

    @Test("1.1.7 a browser that comes back goes on to the landing by 303")
    func redirectLanding() throws {
        let redirects = try RedirectPolicy(allowed: [], landing: "https://app.example.com/done")
        guard case .visit(let answer) = screen("GET", "/klavi?link_id=1", redirects: redirects) else {
            Issue.record("no visit")
            return
        }
        #expect(answer.status == 303)
        #expect(HeaderFields(answer.headers).onlyValue(named: "Location") == "https://app.example.com/done")
    }

    // MARK: 1.2

    @Test(
        "1.2 named products go their own way, other takes the rest, all takes everything",
        arguments: [
            (["pf_checking_account", "pf_credit_card"], "pf_credit_card", "pf_credit_card"),
            (["pf_checking_account", "pf_credit_card"], "pf_loans", nil),
            (["pf_checking_account", "other"], "pf_checking_account", "pf_checking_account"),
            (["pf_checking_account", "other"], "pf_loans", "other"), (["all"], "pf_loans", "all"),
            (["all"], "pf_checking_account", "all"), (["other"], "pf_checking_account", "other"),
        ] as [([String], String, String?)])
    func routing(_ keys: [String], _ product: String, _ box: String?) throws {
        let table = try RouteTable(keys.map { RouteEntry(key: $0, box: $0) })
        let report = try only(#"{"productName":"\#(product)","productReportId":"1"}"#)
        #expect(table.route(forKind: report.kind)?.box == box)
    }

    @Test("1.2 all beside anything else is an error", arguments: ["other", "pf_checking_account"])
    func allAndMore(_ key: String) {
        let entries = [RouteEntry(key: "all", box: "a"), RouteEntry(key: key, box: "b")]
        #expect(throws: RouteTable.MixedWithAll.self) { try RouteTable(entries) }
        #expect(throws: RouteTable.MixedWithAll.self) { try RouteTable(entries.reversed()) }
    }

    // MARK: 1.4

    @Test(
        "1.4 every product of persons and companies is a kind with a route", arguments: ["pf_", "pj_"],
        KlaviWire.products)
    func products(_ prefix: String, _ product: String) throws {
        try expectProduct(prefix + product)
    }

    @Test(
        "1.4 names nobody knows are routed by rule, never rejected",
        arguments: ["pj_financings", "pj_investments_funds", "pf_something_new", "Score_k2", "produto de João"])
    func unknownProducts(_ name: String) throws {
        try expectProduct(name)
    }

    @Test(
        "1.4 every permission may stand in a consent",
        arguments: [
            "ACCOUNTS_ALL", "CREDIT_CARDS_ALL", "CREDIT_OPERATIONS_ALL", "REGISTRATION_ALL", "INVESTMENTS_ALL",
        ])
    func permissions(_ name: String) throws {
        let body = KlaviWire.report.replacingOccurrences(of: "REGISTRATION_ALL", with: name)
        #expect(try only(body).values(of: "consentId") == ["C-1"])
        #expect(try only(body).problem == nil)
    }

    @Test(
        "1.4 every consent status may stand in an event",
        arguments: [
            "STARTED", "AWAITING_AUTHORISATION", "AWAITING_LGPD_AUTHORISATION", "AUTHORISED", "ERROR", "REJECTED",
            "EXPIRED", "REVOKED", "DELETED_BY_USER",
        ])
    func consentStatuses(_ status: String) throws {
        let report = try only(
            #"[{"eventName":"link_action_status","payload":{"status":"\#(status)","consents":{"consentId":"C"}}}]"#)
        #expect(report.kind == "link_action_status" && report.values(of: "consentId") == ["C"])
    }

    // MARK: 1.5

    @Test("1.5 an event is found by its link, its consent, its track id, its externalInfo, its partner")
    func eventCorrelation() throws {
        let report = try only(
            #"""
            [{"partnerAppId":"P","eventId":"E","eventName":"consent_authorised","payload":{"linkId":"L",
            "consents":{"consentId":"C","externalTrackId":"T"}},"externalInfo":{"a":{"b":"x"}}}]
            """#)
        #expect(report.dedupeKey == "event:E")
        #expect(
            Set(report.fields) == [
                ReportField("partnerAppId", "P"), ReportField("eventId", "E"), ReportField("linkId", "L"),
                ReportField("consentId", "C"), ReportField("externalTrackId", "T"),
                ReportField("externalInfo.a.b", "x"),
            ])
    }

    @Test("1.5 a report is found by each of its links and consents")
    func reportCorrelation() throws {
        let report = try only(
            #"""
            {"requestId":"R","productName":"pf_loans","productReportId":"P","enquiryCpf":"1","enquiryCnpj":"2",
            "links":[{"linkId":"L1","consents":[{"consentId":"C1"},{"consentId":"C2"}]},
            {"linkId":"L2","consents":[{"consentId":"C3"}]}],"externalInfo":{"order":7}}
            """#)
        #expect(report.values(of: "linkId") == ["L1", "L2"])
        #expect(report.values(of: "consentId") == ["C1", "C2", "C3"])
        let names = ["requestId", "productName", "productReportId", "enquiryCpf", "enquiryCnpj", "externalInfo.order"]
        #expect(names.flatMap { report.values(of: $0) } == ["R", "pf_loans", "P", "1", "2", "7"])
    }

    @Test("1.5 a redirect is found by its link, consent, track id and external_info")
    func redirectCorrelation() throws {
        let target = "/?link_id=L&consent_id=C&external_track_id=T&external_info=%7B%22a%22%3A%22b%22%7D"
        let report = try #require(provider.interpret(target: target).first)
        #expect(
            Set(report.fields) == [
                ReportField("linkId", "L"), ReportField("consentId", "C"), ReportField("externalTrackId", "T"),
                ReportField("externalInfo.a", "b"),
            ])
    }

    @Test("1.5 an older report is found by its connection", arguments: ["connection_key", "connection_id"])
    func olderCorrelation(_ name: String) throws {
        #expect(try only(#"{"report_type":"Income","\#(name)":"K"}"#).values(of: name) == ["K"])
    }

    // MARK: 1.6

    @Test(
        "1.6 events, reports and tests are told apart at one URL",
        arguments: [
            (#"[{"eventName":"link_created","eventId":"1"}]"#, "event:1"),
            (#"{"eventName":"link_created","eventId":"1"}"#, "event:1"),
            (#"{"productName":"pf_loans","productReportId":"1"}"#, "report:1"), ("", nil),
        ] as [(String, String?)])
    func discriminate(_ body: String, _ key: String?) throws {
        guard let key else {
            #expect(screen("POST", body: body) == Self.greeting)
            return
        }
        #expect(screen("POST", body: body) == .delivery)
        #expect(try only(body).dedupeKey == key)
    }

    @Test("1.6 secrets do not show in descriptions")
    func secrecy() {
        #expect(!"\(SampleSources.klaviSecret)".contains("klavi-test-secret"))
        #expect(!String(reflecting: SampleSources.klaviSecret).contains("klavi-test-secret"))
    }

    // MARK: 6

    @Test(
        "6 default 1: a timestamp more than 300 s off is a warning and no refusal", arguments: [300, 301, -300, -301])
    func default1(_ age: Int) throws {
        let time = [HeaderField("X-Klavi-Timestamp", "\(1_700_000_000 - age)")]
        #expect(
            verify(KlaviWire.event, signature: Self.hex(KlaviWire.event), others: time)
                == .verified(secretName: "primary"))
        let report = try only(KlaviWire.event, headers: time)
        #expect(report.kind == "link_created" && (report.problem != nil) == (abs(age) > 300))
    }

    @Test("6 default 2: without a signature nothing gets in, unless a door allows it beside its addresses")
    func default2() {
        #expect(verify(KlaviWire.report, signature: nil) == .failed(.missing))
        #expect(!SenderPolicy.anywhere.acceptsUnsigned)
    }

    @Test("6 default 6: a product with no rule is archived without a box")
    func default6() throws {
        let table = try RouteTable([RouteEntry(key: "pf_loans", box: "loans")])
        #expect(table.route(forKind: try only(KlaviWire.report).kind) == nil)
    }

    @Test(
        "6 default 8: external_info as JSON, as base 64 of JSON, else kept raw",
        arguments: [
            ("%7B%22a%22%3A%22%C3%A7~%3F%22%7D", #"{"a":"ç~?"}"#, nil), ("eyJhIjoiw6d-PyJ9", #"{"a":"ç~?"}"#, nil),
            ("eyJhIjoiw6d%2BPyJ9", #"{"a":"ç~?"}"#, nil), ("eyJhIjoiYiJ9", #"{"a":"b"}"#, nil),
            ("trace-1%21", #""trace-1!""#, "kept as text"),
        ] as [(String, String, String?)])
    func default8(_ text: String, _ info: String, _ problem: String?) throws {
        let report = try #require(provider.interpret(target: "/?link_id=L&external_info=\(text)").first)
        #expect(report.externalInfo == info)
        #expect(report.values(of: "linkId") == ["L"])
        #expect(problem.map { report.problem?.hasSuffix($0) == true } ?? (report.problem == nil))
    }

    @Test("6 default 9: what is encrypted whole is archived and not guessed at")
    func default9() throws {
        let body = #""q83vEjRWeJA=""#
        #expect(screen("POST", body: body) == .delivery)
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        let report = try only(body)
        #expect(report.kind == "unrecognised" && report.dedupeKey == "body:" + TestCode.sha256Hex(body))
    }

    @Test("6 default 10: 16 MiB are within the limit, verified and read")
    func default10() throws {
        let start = #"{"productName":"pf_loans","productReportId":"1","x":""#
        let body = start + String(repeating: "x", count: 16 << 20 - start.utf8.count - 2) + #""}"#
        #expect(body.utf8.count <= Source.defaultBodyByteCountLimit)
        #expect(verify(body, signature: Self.hex(body)) == .verified(secretName: "primary"))
        #expect(try only(body).dedupeKey == "report:1")
    }

    @Test(
        "6 default 11: of a payload nobody documented the known keys are picked",
        arguments: ["product_generated_failed", "link_action_status"])
    func default11(_ name: String) throws {
        let report = try only(
            #"""
            [{"eventName":"\#(name)","eventId":"1","payload":{"linkId":"L","requestId":"R","productName":"pf_loans",
            "reason":{"code":5000},"whatever":[1]}}]
            """#)
        #expect(report.problem == nil)
        #expect(["linkId", "requestId", "productName"].flatMap { report.values(of: $0) } == ["L", "R", "pf_loans"])
    }

    @Test(
        "6 default 12: every form of a connectivity test is answered 200 and not archived",
        arguments: [("GET", ""), ("HEAD", ""), ("POST", ""), ("POST", "[]"), ("POST", "{}")])
    func default12(_ method: String, _ body: String) {
        #expect(screen(method, body: body) == Self.greeting)
    }

    @Test("6 default 13: one to many events in an array are one report each", arguments: [1, 2, 50])
    func default13(_ count: Int) {
        let events = (1...count).map { #"{"eventName":"link_created","eventId":"\#($0)"}"# }
        let keys = provider.interpret(body: "[\(events.joined(separator: ","))]").map(\.dedupeKey)
        #expect(keys == (1...count).map { "event:\($0)" })
    }

    @Test("6 default 34: the provider's time is the body's, whenever it arrives")
    func default34() {
        let times = [1_700_000_000_000, 1_900_000_000_000].map { arrival in
            provider.interpret(
                ArchivedDelivery(
                    of: .with(
                        body: Array(KlaviWire.report.utf8), receivedAt: Timestamp(millisecondsSinceEpoch: arrival)))
            ).reports.map { $0.providerTime?.rfc3339 }
        }
        #expect(times == [["2019-12-23T06:10:43.000Z"], ["2019-12-23T06:10:43.000Z"]])
    }

    // MARK: Helpers

    private func expectProduct(_ name: String) throws {
        let report = try only(#"{"code":200,"productName":"\#(name)","productReportId":"1","links":[]}"#)
        #expect(report.kind == name && report.dedupeKey == "report:1" && report.problem == nil)
        #expect(!KlaviProvider.kindsWithoutCallbackURL.contains(name))
        try expectRouted(name)
    }

    private func expectRouted(_ kind: String) throws {
        let named = try RouteTable([RouteEntry(key: kind, box: "named"), RouteEntry(key: "other", box: "rest")])
        let rest = try RouteTable([RouteEntry(key: "pf_named", box: "named"), RouteEntry(key: "other", box: "rest")])
        let all = try RouteTable([RouteEntry(key: "all", box: "everything")])
        #expect(named.route(forKind: kind) == Route(rule: .specific, box: "named"))
        #expect(rest.route(forKind: kind) == Route(rule: .other, box: "rest"))
        #expect(all.route(forKind: kind) == Route(rule: .all, box: "everything"))
        #expect(RouteTable.empty.route(forKind: kind) == nil)
    }
}

/// Bodies and names as the documentation has them.
private enum KlaviWire {
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
