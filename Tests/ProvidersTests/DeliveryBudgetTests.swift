import Deliveries
import StrictJSON
import TestKit
import Testing

@testable import Providers

/// Tests the limits of the data that is indexed from one body. Limits are needed because the sender chooses the size
/// and form of the body.
@Suite("The budget of a delivery")
struct DeliveryBudgetTests {
    private static let limits = DeliveryLimits()

    private static func size(_ reports: [ReportContent]) -> (fieldCount: Int, byteCount: Int) {
        reports.reduce((0, 0)) { sum, report in
            let bytes = report.fields.reduce(report.externalInfo?.utf8.count ?? 0) {
                $0 + $1.name.utf8.count + $1.value.utf8.count
            }
            return (sum.0 + report.fields.count, sum.1 + bytes)
        }
    }

    private static func events(_ count: Int, leaves: Int, valueByteCount: Int = 0) -> String {
        let filler = String(repeating: "v", count: valueByteCount)
        return "["
            + (1...count).map { event in
                let info = (1...leaves).map { "\"k\($0)\":\"\(event)\(filler)\"" }.joined(separator: ",")
                return #"{"eventName":"e","eventId":"E-\#(event)","externalInfo":{\#(info)}}"#
            }.joined(separator: ",") + "]"
    }

    @Test("6,000 events of 250 leaves have at most 50,000 fields, including the identifier of each event")
    func manyFields() throws {
        let reports = KlaviProvider().parse(body: Self.events(6000, leaves: 250))
        #expect(reports.count == 6000)
        let size = Self.size(reports)
        #expect(size.fieldCount <= 50_000)
        #expect(size.fieldCount >= 48_000)
        #expect(size.byteCount <= 8 * 1024 * 1024)
        for (index, report) in reports.enumerated() {
            try #require(report.values(of: "eventId") == ["E-\(index + 1)"])
            try #require(report.fields.count >= 8)
        }
        #expect(reports[0].fields.count == 251, "the first report may use the share that the others do not need")
        let problem = try #require(reports[5999].problem)
        #expect(
            problem.hasPrefix(
                "indexed 8 fields and left out 243 values, limit: 50000 fields of 6000 reports in a delivery"))
        #expect(
            (reports[5999].externalInfo == nil)
                == problem.hasSuffix(" bytes is too long for the index; it is in the body"))
    }

    @Test("the values of a delivery take at most 8 MiB, and each report has its share")
    func manyBytes() throws {
        let reports = KlaviProvider().parse(body: Self.events(1000, leaves: 12, valueByteCount: 1000))
        let size = Self.size(reports)
        #expect(size.byteCount <= Self.limits.byteCount)
        #expect(size.byteCount > Self.limits.byteCount / 2)
        #expect(reports.allSatisfy { $0.fields.count >= 4 })
        let last = try #require(reports.last?.problem)
        #expect(last.contains("limit: 8388608 bytes of 1000 reports in a delivery"))
        #expect(last.contains("left out \(13 - (reports.last?.fields.count ?? 0)) values"))
    }

    @Test("externalInfos that are stored with their reports count towards the limit")
    func externalInfos() {
        let info = "{\"a\":[" + String(repeating: " ", count: 60_000) + "1]}"
        let body =
            "[" + Array(repeating: #"{"eventName":"e","externalInfo":\#(info)}"#, count: 300).joined(separator: ",")
            + "]"
        let reports = KlaviProvider().parse(body: body)
        #expect(Self.size(reports).byteCount <= Self.limits.byteCount)
        #expect(reports.allSatisfy { $0.values(of: "externalInfo.a") == ["1"] })
        let kept = reports.filter { $0.externalInfo != nil }
        #expect((100...139).contains(kept.count))
        #expect(kept.allSatisfy { $0.problem == nil })
        let problem = "the externalInfo of \(info.utf8.count) bytes is too long for the index; it is in the body"
        #expect(reports.filter { $0.externalInfo == nil }.allSatisfy { $0.problem == problem })
    }

    @Test("an array of 10,000 ordinary events is indexed completely")
    func ordinary() {
        let reports = KlaviProvider().parse(body: Self.events(10_000, leaves: 4))
        #expect(reports.count == 10_000)
        #expect(reports.allSatisfy { $0.problem == nil && $0.fields.count == 5 && $0.externalInfo != nil })
    }

    @Test("elements beyond 10,000 become one report that states their number", arguments: [1, 2, 90_000])
    func manyReports(more: Int) throws {
        let body = "[" + Array(repeating: "{}", count: 10_000 + more).joined(separator: ",") + "]"
        for (provider, noun) in [
            (KlaviProvider() as any Provider, "events"), (CertificallProvider() as any Provider, "certificates"),
        ] {
            let reports = provider.parse(body: body)
            #expect(reports.count == 10_001)
            let last = try #require(reports.last)
            #expect(last.type == "unrecognised")
            #expect(last.dedupeKey == "body:\(TestCode.sha256Hex(body)):10001")
            #expect(
                last.problem
                    == "the delivery has \(10_000 + more) \(noun); \(more) are left out, limit: 10000 reports in a delivery"
            )
        }
    }

    /// Each leaf is compared together with its path of 1 kB. Without the limit, a body of 200 kB would cause
    /// comparisons of 100 MB.
    @Test("comparing repeated leaves under a long path stops at 64 MiB")
    func comparedBytes() throws {
        let ones = Array(repeating: "1", count: 100_000).joined(separator: ",")
        let body = #"{"eventName":"e","externalInfo":{"\#(String(repeating: "n", count: 1000))":[\#(ones),2]}}"#
        let report = try #require(KlaviProvider().parse(body: body).first)
        #expect(report.fields.count == 1)
        let compared = 64 * 1024 * 1024 / 1014
        #expect(
            report.problem
                == "indexed 1 field and left out \(100_001 - compared) values, limit: 67108864 bytes compared in a delivery; the externalInfo of 201008 bytes is too long for the index; it is in the body"
        )
    }

    @Test("later reports can use the remaining budget, except the reserved shares")
    func shares() {
        var limits = DeliveryLimits()
        limits.fieldCount = 12
        let budget = DeliveryBudget(reportCount: 3, limits: limits)
        var counts: [Int] = []
        for offered in [2, 20, 20] {
            var collector = FieldCollector(budget: budget)
            for number in 0..<offered { collector.add("n", "\(number)") }
            counts.append(collector.fields.count)
            #expect((collector.problem == nil) == (collector.fields.count == offered))
        }
        #expect(counts == [2, 6, 4])
    }

    @Test("a report with many repeats leaves the other reports their share of the budget")
    func repeatedValues() {
        var limits = DeliveryLimits()
        limits.comparedByteCount = 60
        let budget = DeliveryBudget(reportCount: 2, limits: limits)
        var first = FieldCollector(budget: budget)
        for _ in 0..<100 { first.add("n", "1") }
        #expect(first.fields == [ReportField("n", "1")])
        #expect(first.problem == "indexed 1 field and left out 78 values, limit: 60 bytes compared in a delivery")
        var second = FieldCollector(budget: budget)
        second.add("id", "E-1")
        #expect(second.fields == [ReportField("id", "E-1")] && second.problem == nil)
    }
}
