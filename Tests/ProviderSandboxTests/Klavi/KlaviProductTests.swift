import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's products")
struct KlaviProductTests {
    private static func report(_ kind: String, byteCount: Int? = nil) throws -> JSON {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: kind, byteCount: byteCount))
        return try #require(session.sent.first?.json)
    }

    @Test(
        "Each product has its own container",
        arguments: [
            ("pf_checking_account", "checkingAccounts"), ("pj_savings_account", "savingsAccounts"),
            ("pf_credit_card", "creditCards"), ("pf_categorized_checking_l2", "checkingAccounts"),
            ("pf_categorized_savings_l3", "savingsAccounts"), ("pf_categorized_creditcard_l3", "creditCards"),
            ("pf_treasure_titles", "investments"), ("pj_funds", "investments"), ("pf_loans", "loans"),
            ("pf_unarranged_account_overdraft", "unarrangedAccountOverdraft"), ("pf_balance", "balance"),
            ("pf_something_new", "somethingNew"),
        ])
    func containers(kind: String, name: String) throws {
        let report = try Self.report(kind)
        #expect(report["productName"] == .string(kind))
        let container = try #require(report[name]?.elements?.first)
        let records =
            container["transactionDetails"]?.elements
            ?? container["closedStatements"]?.elements?.first?["transactionDetails"]?.elements ?? report[name]?.elements
        #expect((records?.count ?? 0) >= 24)
        #expect(report["enquiryCnpj"] == (kind.hasPrefix("pj_") ? .string(KlaviSession.cnpj) : nil))
    }

    @Test("Categorised products add two or three levels, others none")
    func categories() throws {
        for (kind, names) in [
            ("pf_categorized_checking_l3", ["category", "subcategory", "thirdCategory"]),
            ("pf_categorized_checking_l2", ["category", "subcategory"]), ("pf_checking_account", []),
        ] {
            let account = try Self.report(kind)["checkingAccounts"]?.elements?.first
            let record = try #require(account?["transactionDetails"]?.elements?.first)
            #expect(["category", "subcategory", "thirdCategory"].filter { record[$0]?.string != nil } == names)
            #expect(record["transactionAmount"]?["amount"]?.string?.wholeMatch(of: /[0-9]+\.[0-9]{2}00/) != nil)
            #expect(record["transactionDate"]?.string?.wholeMatch(of: /20[0-9]{2}-[01][0-9]-[0-3][0-9]/) != nil)
        }
    }

    @Test(
        "A report grows to the size that is asked for, with records that differ",
        arguments: ["pf_checking_account", "pf_credit_card", "pf_categorized_checking_l3", "pf_loans"])
    func grows(kind: String) throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: kind, byteCount: 300_000))
        let callback = try #require(session.sent.first)
        let body = callback.body
        #expect((300_000...310_000).contains(body.count))
        let text = String(decoding: body, as: UTF8.self)
        let ids = text.matches(of: /"transactionId":"([0-9a-f]{32})"/).map {
            String($0.output.1)
        }
        #expect(ids.count > 400)
        #expect(Set(ids).count == ids.count)
        #expect(JSON(parsing: body) != nil)
    }

    @Test("8 MB take no time to speak of, and are JSON")
    func growsFar() throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: "pf_checking_account", byteCount: 8 << 20))
        let callback = try #require(session.sent.first)
        let clock = ContinuousClock()
        var body: [UInt8] = []
        let time = clock.measure { body = callback.body }
        #expect(body.count >= 8 << 20 && body.count < 9 << 20)
        // Far above what it takes, so that a busy machine does not fail it.
        #expect(time < .seconds(10))
        let records = JSON(parsing: body)?["checkingAccounts"]?.elements?.first?["transactionDetails"]?.elements
        #expect((records?.count ?? 0) > 10_000)
    }
}
