import Deliveries
import Providers
import Testing

@Suite("Reading Certificall's bodies")
struct CertificallBodyTests {
    private let provider = CertificallProvider()

    @Test("a certificate is identified by its cfRef and its bytes, so a later version is a new report")
    func key() {
        let open = #"{"cfRef":"C-1","closed":false}"#
        let closed = #"{"cfRef":"C-1","closed":true}"#
        #expect(provider.parse(body: open).map(\.dedupeKey) == ["certificate:C-1:" + TestCode.sha256Hex(open)])
        #expect(provider.parse(body: closed).map(\.dedupeKey) == ["certificate:C-1:" + TestCode.sha256Hex(closed)])
    }

    @Test("a reference that is too long for a key is replaced by its digest")
    func longKey() {
        let reference = String(repeating: "x", count: 1_000_000)
        let reports = provider.parse(body: #"{"cfRef":"\#(reference)"}"#)
        #expect(reports.count == 1)
        #expect(reports.allSatisfy { $0.dedupeKey.hasPrefix("certificate:sha256:") && $0.dedupeKey.utf8.count < 100 })
        #expect(reports.map(\.problem) == ["left out 1 field longer than 1024 bytes"])
    }

    @Test("the provider's time is the closing date, or the creation date of an open case")
    func times() {
        let both = #"{"cfRef":"1","createdAt":"2023-11-09T13:24:40+01:00","closingDate":"2023-11-09T13:30:00+0100"}"#
        let open = #"{"cfRef":"1","createdAt":"2023-11-09T13:24:40+01:00","closingDate":null}"#
        #expect(provider.parse(body: both).map { $0.providerTime?.rfc3339 } == ["2023-11-09T12:30:00.000Z"])
        #expect(provider.parse(body: open).map { $0.providerTime?.rfc3339 } == ["2023-11-09T12:24:40.000Z"])
        #expect(provider.parse(body: #"{"cfRef":"1"}"#).map(\.providerTime) == [nil])
    }

    @Test("a certificate without a cfRef is identified by its reportId")
    func reportID() {
        let body = #"{"reportId":"R-1","cfRef":""}"#
        let reports = provider.parse(body: body)
        #expect(reports.map(\.type) == ["certificate"])
        #expect(reports.map(\.dedupeKey) == ["certificate:R-1:" + TestCode.sha256Hex(body)])
    }

    @Test("certificates without a cfRef that have the same reportId are distinguished by their position")
    func sharedReportID() {
        let body = #"[{"reportId":"R-1","frame":"a"},{"reportId":"R-1","frame":"b"},{"reportId":"R-1","cfRef":"C-1"}]"#
        let sha256 = TestCode.sha256Hex(body)
        #expect(
            provider.parse(body: body).map(\.dedupeKey) == [
                "certificate:R-1:\(sha256):1", "certificate:R-1:\(sha256):2", "certificate:C-1:\(sha256)",
            ])
    }

    @Test("an unreadable certificate in an array does not hide the other certificates")
    func mixedArray() {
        let body = #"[{"cfRef":"1"},{"other":1},{"cfRef":"3"},7]"#
        let reports = provider.parse(body: body)
        #expect(reports.map(\.type) == ["certificate", "unrecognised", "certificate", "unrecognised"])
        let sha256 = TestCode.sha256Hex(body)
        #expect(
            reports.map(\.dedupeKey) == [
                "certificate:1:\(sha256)", "body:\(sha256):2", "certificate:3:\(sha256)", "body:\(sha256):4",
            ])
        #expect(reports.map { $0.problem != nil } == [false, true, false, true])
    }

    @Test("an empty array is one unrecognised report, and so are all certificates after the first 10,000")
    func counts() {
        func body(_ count: Int) -> String {
            "[" + Array(repeating: #"{"cfRef":"1"}"#, count: count).joined(separator: ",") + "]"
        }
        #expect(provider.parse(body: body(10_000)).count == 10_000)
        let reports = provider.parse(body: body(10_001))
        #expect(reports.dropLast().allSatisfy { $0.type == "certificate" })
        #expect(reports.count == 10_001 && reports.last?.type == "unrecognised")
        #expect(provider.parse(body: body(0)).map(\.type) == ["unrecognised"])
    }

    @Test("the frame and the state are indexed, but not the company, the case's address and the items' references")
    func fields() {
        let reports = provider.parse(
            body: #"""
                {"cfRef":"C-1","reportId":"R","companyName":"C","frame":"F","closed":true,"reportRef":"X",
                "caseUrl":"https://x.example/share/token","items":[{"cfRef":"C-2","data":null},{"itemName":"n"},7]}
                """#)
        #expect(
            reports.map { Set($0.fields) } == [
                [
                    ReportField("cfRef", "C-1"), ReportField("reportId", "R"), ReportField("frame", "F"),
                    ReportField("closed", "true"),
                ]
            ])
        #expect(reports.map(\.problem) == [nil])
    }

    @Test(
        "members of an unexpected type do not stop parsing",
        arguments: [
            #"{"cfRef":"1","frame":{"id":1,"name":"F"},"items":null,"closed":"yes"}"#,
            #"{"cfRef":"1","createdAt":null,"closingDate":null,"metadata":{"a":"b"},"unheard":[[]]}"#,
        ])
    func unexpectedTypes(_ body: String) {
        let reports = provider.parse(body: body)
        #expect(reports.map(\.type) == ["certificate"] && reports.map(\.problem) == [nil])
        #expect(reports.map { $0.values(of: "cfRef") } == [["1"]])
    }
}
