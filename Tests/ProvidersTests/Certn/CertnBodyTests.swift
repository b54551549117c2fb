import Deliveries
import Providers
import Testing

@Suite("Reading Certn's bodies")
struct CertnBodyTests {
    private let legacyHeaders = [HeaderField("certn-signature", "t=1,v1=0")]

    @Test("the type of a notification is its event type, even if the event type is unknown")
    func notification() {
        let reports = CertnProvider().parse(
            body: #"""
                {"event_id":"e1","event_type":"SOMETHING_NEW","object_id":"o","object_type":"CASE",
                "case_status":"DONE"}
                """#)
        #expect(reports.map(\.provider) == ["certn-centric"])
        #expect(reports.map(\.type) == ["SOMETHING_NEW"])
        #expect(reports.map(\.dedupeKey) == ["event:e1"])
        #expect(
            reports.map(\.fields) == [
                [
                    ReportField("id", "e1"), ReportField("object_id", "o"), ReportField("object_type", "CASE"),
                    ReportField("case_status", "DONE"),
                ]
            ])
    }

    @Test("a notification without an id is identified by its bytes")
    func notificationWithoutID() {
        let body = #"{"event_type":"CASE_REPORT_READY"}"#
        let reports = CertnProvider().parse(body: body)
        #expect(reports.map(\.dedupeKey) == ["body:" + TestCode.sha256Hex(body)])
        #expect(reports.map(\.fields) == [[]])
    }

    @Test("an applicant is identified by its bytes, and has the time of the last modification")
    func applicant() {
        let body = #"{"id":"a","modified":"2026-11-03T14:00:00Z","last_updated":"2026-11-03T15:00:00Z"}"#
        let reports = CertnProvider().parse(body: body, headers: legacyHeaders)
        #expect(reports.map(\.provider) == ["certn-legacy"])
        #expect(reports.map(\.type) == ["applicant"])
        #expect(reports.map(\.dedupeKey) == ["body:" + TestCode.sha256Hex(body)])
        #expect(reports.map { $0.providerTime?.rfc3339 } == ["2026-11-03T14:00:00.000Z"])
    }

    @Test(
        "an unreadable time is replaced by the next time in the body, if there is one",
        arguments: [
            (#""modified":"soon","last_updated":"2026-11-03T15:00:00Z""#, "2026-11-03T15:00:00.000Z"),
            (#""modified":null,"last_updated":"2026-11-03T15:00:00Z""#, "2026-11-03T15:00:00.000Z"),
            (#""modified":1700000000"#, "2023-11-14T22:13:20.000Z"), (#""modified":7"#, nil),
            (#""created":"2026-11-03T15:00:00Z""#, nil),
        ] as [(String, String?)])
    func times(_ members: String, _ time: String?) {
        let reports = CertnProvider().parse(body: #"{"id":"a",\#(members)}"#, headers: legacyHeaders)
        #expect(reports.map { $0.providerTime?.rfc3339 } == [time])
    }

    @Test("fields of an unexpected type are omitted, and numbers and booleans are kept")
    func fieldTypes() {
        let body = #"{"id":7,"tag":{"a":1},"status":["x"],"result":true,"report_status":null,"application":"none"}"#
        let reports = CertnProvider().parse(body: body, headers: legacyHeaders)
        #expect(reports.map(\.fields) == [[ReportField("id", "7"), ReportField("result", "true")]])
        #expect(reports.map(\.problem) == [nil])
    }

    @Test("if the header does not determine the API, the body does")
    func toldApartByBody() {
        #expect(CertnProvider().parse(body: #"{"id":"a"}"#).map(\.provider) == ["certn-legacy"])
        let reports = CertnProvider().parse(body: #"{"event_type":"X"}"#, headers: legacyHeaders)
        #expect(reports.map(\.provider) == ["certn-centric"])
    }

    @Test("a legacy body is indexed by its id, application.id and application.applicant.id, its tag and its account")
    func applicantFields() {
        let reports = CertnProvider().parse(
            body: #"""
                {"id":"A","tag":"order-1","report_status":"COMPLETE","applicant_account":{"id":"X","email":"a@example.com"},
                "application":{"id":"P","applicant":{"id":"A2","email":"b@example.com"},"owner":{"id":"O"}},
                "equifax_result":{"status":"NONE"},"request_softcheck":true}
                """#, headers: legacyHeaders)
        #expect(
            reports.map { Set($0.fields) } == [
                [
                    ReportField("id", "A"), ReportField("application.id", "P"),
                    ReportField("application.applicant.id", "A2"), ReportField("tag", "order-1"),
                    ReportField("report_status", "COMPLETE"), ReportField("applicant_account.email", "a@example.com"),
                ]
            ])
    }
}
