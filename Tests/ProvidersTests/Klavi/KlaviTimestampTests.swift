import Deliveries
import Providers
import Testing

@Suite("X-Klavi-Timestamp, which is not signed")
struct KlaviTimestampTests {
    private func reports(_ values: [String], body: String = #"{"productName":"p","productReportId":"1"}"#)
        -> [ReportContent]
    {
        KlaviProvider().parse(body: body, headers: values.map { HeaderField("x-klavi-timestamp", $0) })
    }

    @Test(
        "a time within 300 s is accepted, in seconds or milliseconds, and so is a missing time",
        arguments: [[], ["1700000000"], ["1699999700"], ["1700000300"], ["1699999700000"], ["1700000300000"]])
    func quiet(_ values: [String]) {
        #expect(reports(values).map(\.problem) == [nil])
    }

    @Test(
        "a time more than 300 s away is reported with its distance and direction",
        arguments: [
            ("1699999699", "301 s before"), ("1700000301", "301 s after"), ("1699999699999", "300 s before"),
            ("0", "1700000000 s before"),
        ])
    func far(_ value: String, _ distance: String) throws {
        let report = try #require(reports([value]).first)
        #expect(report.type == "p")
        #expect(report.dedupeKey == "report:1")
        #expect(report.problem == "X-Klavi-Timestamp, which is not signed, is \(distance) arrival")
    }

    @Test(
        "an invalid time is reported",
        arguments: ["", "now", "-1", "1.7e9", "2023-11-14T22:13:20Z", "99999999999999", "9223372036854775808"])
    func junk(_ value: String) {
        #expect(reports([value]).map(\.problem) == ["X-Klavi-Timestamp is not a Unix time"])
    }

    @Test("an unsigned time never rejects a delivery")
    func verifies() {
        let body = Array("{}".utf8)
        let secret = Secret(name: "k", purpose: .signature, bytes: Array("key".utf8))
        for value in ["0", "junk", "9223372036854775808"] {
            let request = InboundRequest.with(
                headers: [
                    HeaderField("X-Klavi-Signature", Hex.encode(TestCode.hmac(key: "key", body))),
                    HeaderField("X-Klavi-Timestamp", value),
                ], body: body)
            #expect(KlaviProvider().verify(request, with: [secret]) == .verified(secretName: "k"))
        }
    }
}
