import Deliveries
import Providers
import TestKit
import Testing

@testable import Replay

@Suite("Fidelity of replays")
struct ReplayFidelityTests {
    private static let sources = Dictionary(
        uniqueKeysWithValues: ProviderCatalog.standard.providers.map {
            ($0.name, ReplayPreparation.Source(provider: $0, path: "/\($0.name)"))
        })

    @Test("the credentials of a delivery are sent only on request, and its signature is always sent")
    func credentials() throws {
        let headers: HeaderFields = [
            HeaderField("Authorization", "Bearer t"), HeaderField("Cookie", "a=b"), HeaderField("X-Api-Key", "k"),
            HeaderField("X-Klavi-Signature", "s"), HeaderField("Accept", "*/*"),
        ]
        func names(_ keepsCredentials: Bool) throws -> [String] {
            try ReplayPreparation(to: "http://h/", sources: Self.sources, keepsCredentials: keepsCredentials)
                .plan(.fixture(headers: headers)).headers.map(\.name)
        }
        #expect(try names(false) == ["X-Klavi-Signature", "Accept"])
        #expect(try names(true) == headers.fields.map(\.name))
    }

    @Test(
        "the path below the source's path is kept on request",
        arguments: [
            ("/klavi/pf_income?a=1", "http://h/hooks", "http://h/hooks/pf_income?a=1"),
            ("/klavi/pf_income", "http://h/hooks/?x=1", "http://h/hooks/pf_income?x=1"),
            ("/klavi", "http://h/hooks", "http://h/hooks"), ("/klavix/a", "http://h", "http://h"),
            ("/klavi/a/../b%2F", "http://h", "http://h/a/../b%2F"),
        ])
    func path(target: String, url: String, expected: String) throws {
        let delivery = ArchivedDelivery.fixture(target: target)
        #expect(try ReplayPreparation(to: url, sources: Self.sources, keepsPath: true).plan(delivery).url == expected)
        #expect(try !ReplayPreparation(to: url, sources: Self.sources).plan(delivery).url.contains("pf_income"))
    }

    @Test(
        "a delivery with a header that is invalid in HTTP is not sent",
        arguments: [("X-A", "1\r\nX-B: 2"), ("X-A", "1\n2"), ("X-A", "a\u{0}"), ("X A", "1"), ("", "1"), ("X:A", "1")])
    func hostileHeader(name: String, value: String) throws {
        let delivery = ArchivedDelivery.fixture(headers: [HeaderField(name, value)])
        #expect(throws: ReplayError.unsafeHeader(delivery.id, name: name)) {
            try ReplayPreparation(to: "http://h/").plan(delivery)
        }
    }

    @Test("the length of a truncated body depends only on the seed and the item")
    func truncated() throws {
        var faults = FaultPlan()
        faults.faults = [.truncate]
        let preparation = ReplayPreparation(to: "http://h/", faults: faults)
        let delivery = ArchivedDelivery.fixture(body: String(repeating: "x", count: 500))
        let lengths = try (0..<20).map { try preparation.plan(delivery, item: $0).body.count }
        #expect(lengths.allSatisfy { $0 < 500 } && Set(lengths).count > 5)
        #expect(try preparation.plan(delivery, item: 3).body.count == lengths[3])
        #expect(try preparation.plan(delivery, item: 3).changes == ["fault truncate"])
    }

    @Test(
        "faults are parsed by their names",
        arguments: [
            ("duplicate", ReplayFault.duplicate), ("delay=2s", .delay(.seconds(2))), ("wrong-secret", .wrongSecret),
        ])
    func faults(text: String, fault: ReplayFault) {
        #expect(ReplayFault(text) { $0 == "2s" ? .seconds(2) : nil } == fault)
    }

    @Test(
        "unknown and malformed faults are rejected",
        arguments: ["", "delay", "delay=", "delay=x", "Drop", "delay=9000s"])
    func noFault(text: String) {
        #expect(ReplayFault(text) { $0 == "9000s" ? .seconds(9000) : nil } == nil)
    }

    @Test(
        "a timing is original, none or a factor",
        arguments: [("original", 1.0), ("2x", 2), ("0.5x", 0.5), ("none", nil)] as [(String, Double?)])
    func timing(text: String, speed: Double?) {
        #expect(ReplayTiming.speed(text) == .some(speed))
    }

    @Test("malformed timings are rejected", arguments: ["", "x", "0x", "-1x", "2", "1e3x", "nanx", "infx", "99999x"])
    func noTiming(text: String) {
        #expect(ReplayTiming.speed(text) == nil)
    }

    @Test(
        "an expected status is a number or a class, such as 204 or 2xx",
        arguments: [
            ("2xx", [200, 299], [199, 300]), ("204", [204], [200, 205]), ("200,201", [200, 201], [202]),
            ("5xx,404", [500, 404], [200, 403]),
        ])
    func statuses(text: String, accepted: [Int], others: [Int]) throws {
        let expected = try #require(ExpectedStatuses(text))
        #expect(accepted.allSatisfy(expected.contains) && !others.contains(where: expected.contains))
    }

    @Test(
        "malformed statuses are rejected",
        arguments: ["", "xx", "6xx", "0xx", "20", "2000", "099", "600", "200,", "+20", "2XX", "200 201", "-1xx"])
    func noStatuses(text: String) {
        #expect(ExpectedStatuses(text) == nil)
    }

    @Test(
        "a rate is a number and a unit of time",
        arguments: [("5/s", Duration.milliseconds(200)), ("1/m", .seconds(60)), ("1000/s", .milliseconds(1))])
    func rate(text: String, interval: Duration) {
        #expect(SendingRate(text)?.interval == interval)
    }

    @Test(
        "malformed rates are rejected",
        arguments: ["", "5", "/s", "0/s", "-1/s", "5/d", "5/s/s", "1001/s", "99999999999999999999/s", "+5/s"])
    func noRate(text: String) {
        #expect(SendingRate(text) == nil)
    }
}
