import Deliveries
import Providers
import Testing

@Suite("Reading Klavi's bodies")
struct KlaviBodyTests {
    private let provider = KlaviProvider()

    @Test("each event of an array is a report, in order")
    func severalEvents() {
        let reports = provider.parse(
            body: #"[{"eventName":"a","eventId":"1"},{"eventName":"b","eventId":"2"},{"eventName":"a","eventId":"3"}]"#)
        #expect(reports.map(\.type) == ["a", "b", "a"])
        #expect(reports.map(\.dedupeKey) == ["event:1", "event:2", "event:3"])
    }

    @Test("an event is also parsed outside an array, and a report also inside an array")
    func rootForms() {
        #expect(provider.parse(body: #"{"eventName":"a","eventId":"1"}"#).map(\.dedupeKey) == ["event:1"])
        #expect(provider.parse(body: #"[{"productName":"p","productReportId":"1"}]"#).map(\.dedupeKey) == ["report:1"])
    }

    @Test("both spellings of an event's id are accepted", arguments: ["eventId", "eventID"])
    func eventID(_ name: String) {
        let reports = provider.parse(body: #"[{"eventName":"a","\#(name)":"1"}]"#)
        #expect(reports.map(\.dedupeKey) == ["event:1"])
        #expect(reports.map(\.fields) == [[ReportField("eventId", "1")]])
    }

    @Test("consents are accepted as an object and as an array", arguments: [false, true])
    func consents(isArray: Bool) {
        let consent = #"{"consentId":"C","externalTrackId":"T","institutionCode":"033","permissions":[]}"#
        let consents = isArray ? "[\(consent)]" : consent
        let reports = provider.parse(
            body: #"[{"eventName":"consent_authorised","eventId":"1","payload":{"consents":\#(consents)}}]"#)
        #expect(
            reports.map(\.fields) == [
                [
                    ReportField("eventId", "1"), ReportField("consentId", "C"), ReportField("externalTrackId", "T"),
                    ReportField("institutionCode", "033"),
                ]
            ])
    }

    @Test("the event of an analysis space is indexed by its batch ID")
    func analysis() {
        let reports = provider.parse(
            body: #"""
                [{"eventType":"analysis","eventName":"analysis_finished","eventId":"1",
                "payload":{"batchId":"B","presignedUrl":"https://x"}}]
                """#)
        #expect(reports.map(\.type) == ["analysis_finished"])
        #expect(reports.map(\.fields) == [[ReportField("eventId", "1"), ReportField("batchId", "B")]])
    }

    @Test(
        "an element without an id is identified by its bytes",
        arguments: [
            (#"{"eventName":"a"}"#, "event:sha256:"), (#"{"eventName":"a","eventId":null}"#, "event:sha256:"),
            (#"{"eventName":"a","eventId":""}"#, "event:sha256:"), (#"{"productName":"a"}"#, "report:sha256:"),
            (#"{"report_type":"a"}"#, "report:sha256:"), (#"{"eventName":"a","eventId":{}}"#, "event:sha256:"),
        ])
    func noID(_ element: String, _ prefix: String) {
        #expect(provider.parse(body: element).map(\.dedupeKey) == [prefix + TestCode.sha256Hex(element)])
        #expect(provider.parse(body: "[ \(element) ]").map(\.dedupeKey) == [prefix + TestCode.sha256Hex(element)])
    }

    @Test("two elements that differ only in bytes that are not UTF-8 are two reports")
    func noIDInvalidUTF8() {
        func element(_ byte: UInt8) -> [UInt8] { Array(#"{"eventName":"a","x":""#.utf8) + [byte] + Array(#""}"#.utf8) }
        let keys = [element(0xff), element(0xfe)].flatMap { provider.parse(body: $0).map(\.dedupeKey) }
        #expect(Set(keys).count == 2)
    }

    @Test("an id of up to 200 bytes is the key, and a longer id is replaced by its digest")
    func longID() {
        func key(_ count: Int) -> [String] {
            provider.parse(body: #"{"eventName":"a","eventId":"\#(String(repeating: "1", count: count))"}"#).map(
                \.dedupeKey)
        }
        #expect(key(200) == ["event:" + String(repeating: "1", count: 200)])
        #expect(key(201) == ["event:sha256:" + TestCode.sha256Hex(String(repeating: "1", count: 201))])
    }

    @Test("an unreadable element is unrecognised and does not hide other elements")
    func mixedArray() {
        let body = #"[{"eventName":"a","eventId":"1"},7,{},[{"eventName":"b"}],{"eventName":"c","eventId":"3"}]"#
        let reports = provider.parse(body: body)
        #expect(reports.map(\.type) == ["a", "unrecognised", "unrecognised", "unrecognised", "c"])
        let prefix = "body:" + TestCode.sha256Hex(body)
        #expect(reports.map(\.dedupeKey) == ["event:1", "\(prefix):2", "\(prefix):3", "\(prefix):4", "event:3"])
        #expect(reports.map { $0.problem != nil } == [false, true, true, true, false])
    }

    @Test(
        "a type is a string of 1 to 200 bytes",
        arguments: [#""""#, "null", "7", "{}", "[\"a\"]", "\"\(String(repeating: "a", count: 201))\""])
    func noType(_ type: String) {
        for name in ["eventName", "productName", "report_type"] {
            #expect(provider.parse(body: #"{"\#(name)":\#(type)}"#).map(\.type) == ["unrecognised"])
        }
    }

    @Test("the longest type is kept whole")
    func longestType() {
        let type = String(repeating: "é", count: 100)
        #expect(provider.parse(body: #"{"eventName":"\#(type)"}"#).map(\.type) == [type])
    }

    @Test("the first 10,000 events are reports, and all further events are one unrecognised report")
    func counts() {
        func body(_ count: Int) -> String {
            "[" + Array(repeating: #"{"eventName":"a"}"#, count: count).joined(separator: ",") + "]"
        }
        #expect(provider.parse(body: body(10_000)).count == 10_000)
        let reports = provider.parse(body: body(10_001))
        #expect(reports.dropLast().allSatisfy { $0.type == "a" })
        #expect(reports.count == 10_001 && reports.last?.type == "unrecognised")
    }

    @Test("every link and consent of a report is indexed, even among many repeats")
    func manyLinks() throws {
        let links = Array(repeating: #"{"linkId":"L-1"}"#, count: 300) + [#"{"linkId":"L-2"}"#]
        let reports = provider.parse(body: #"{"productName":"p","links":[\#(links.joined(separator: ","))]}"#)
        let report = try #require(reports.first)
        #expect(report.values(of: "linkId") == ["L-1", "L-2"])
        #expect(report.problem == nil)
    }

    @Test(
        "the externalInfo of an older report is read under both spellings",
        arguments: ["external_info", "externalInfo"])
    func legacyExternalInfo(_ name: String) {
        let reports = provider.parse(body: #"{"report_type":"Income","report_id":"1","\#(name)":{"a":"b"}}"#)
        #expect(reports.map(\.externalInfo) == [#"{"a":"b"}"#])
        #expect(reports.map { $0.values(of: "externalInfo.a") } == [["b"]])
    }

    @Test("an unreadable time is ignored", arguments: [#""soon""#, "20261121", "null", "[]"])
    func times(_ time: String) {
        #expect(provider.parse(body: #"{"eventName":"a","eventTime":\#(time)}"#).map(\.providerTime) == [nil])
        #expect(
            provider.parse(body: #"{"productName":"a","productReportTime":\#(time)}"#).map(\.providerTime) == [nil])
    }

    @Test("a report is found by each of its links and consents")
    func reportFields() {
        let reports = provider.parse(
            body: #"""
                {"code":200,"requestId":"R","productName":"pf_loans","productReportId":"P","enquiryCpf":"1",
                "enquiryCnpj":"2","links":[{"linkId":"L1","institutionCode":"033","consents":[{"consentId":"C1"},
                {"consentId":"C2"}]},{"linkId":"L2","consents":[{"consentId":"C3"}]}],
                "loans":[{"amount":"1000.0400"}],"externalInfo":{"order":7}}
                """#)
        #expect(reports.map(\.dedupeKey) == ["report:P"])
        #expect(
            reports.map { Set($0.fields) } == [
                [
                    ReportField("code", "200"), ReportField("requestId", "R"), ReportField("productName", "pf_loans"),
                    ReportField("productReportId", "P"), ReportField("enquiryCpf", "1"),
                    ReportField("enquiryCnpj", "2"), ReportField("linkId", "L1"), ReportField("linkId", "L2"),
                    ReportField("institutionCode", "033"), ReportField("consentId", "C1"),
                    ReportField("consentId", "C2"), ReportField("consentId", "C3"),
                    ReportField("externalInfo.order", "7"),
                ]
            ])
    }

    @Test("known keys of an undocumented payload are indexed")
    func unknownPayload() {
        let reports = provider.parse(
            body: #"""
                [{"eventName":"link_action_status","eventId":"1","payload":{"personalTaxId":"1","businessTaxId":"2",
                "linkId":"L","requestId":"R","productName":"pf_loans","reason":{"code":5000},"whatever":[1]}}]
                """#)
        #expect(reports.map(\.problem) == [nil])
        let names = ["personalTaxId", "businessTaxId", "linkId", "requestId", "productName"]
        #expect(reports.map { report in names.flatMap(report.values(of:)) } == [["1", "2", "L", "R", "pf_loans"]])
    }

    @Test("the snake_case names of an older report are read")
    func olderReport() {
        let reports = provider.parse(
            body: #"""
                {"enquiry_cpf":"1","user_consent":true,"connection_key":"K","connection_id":"I","institution_id":"033",
                "report_type":"Income","report_id":"ID","report_version":"1"}
                """#)
        #expect(reports.map(\.type) == ["Income"] && reports.map(\.dedupeKey) == ["report:ID"])
        let names = ["enquiry_cpf", "connection_key", "connection_id", "institution_id", "report_id"]
        #expect(reports.map { report in names.flatMap(report.values(of:)) } == [["1", "K", "I", "033", "ID"]])
    }

    @Test("products have their own callback URLs, but events do not")
    func typesWithoutCallbackURL() {
        let events = [
            "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired",
            "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
            "product_generated_failed", "link_action_status",
        ]
        #expect(KlaviProvider.typesWithoutCallbackURL.isSuperset(of: events))
        #expect(KlaviProvider.typesWithoutCallbackURL.isDisjoint(with: ["pf_loans", "pj_loans", "Income"]))
    }

    @Test("a time without a zone is read as UTC")
    func localTime() {
        let reports = provider.parse(body: #"{"productName":"a","productReportTime":"2019-12-23T06:10:43"}"#)
        #expect(reports.map { $0.providerTime?.rfc3339 } == ["2019-12-23T06:10:43.000Z"])
    }
}
