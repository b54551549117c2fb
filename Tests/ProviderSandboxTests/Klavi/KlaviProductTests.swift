import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's products")
struct KlaviProductTests {
    private static func report(_ type: String, byteCount: Int? = nil) throws -> JSON {
        let session = KlaviDesk.open()
        try session.trigger(Trigger(type: type, byteCount: byteCount))
        return try #require(session.sent.first?.json)
    }

    @Test(
        "each product has its own container",
        arguments: [
            ("pf_checking_account", "checkingAccounts"), ("pj_savings_account", "savingsAccounts"),
            ("pf_credit_card", "creditCards"), ("pf_categorized_checking_l2", "checkingAccounts"),
            ("pf_categorized_savings_l3", "savingsAccounts"), ("pf_categorized_creditcard_l3", "creditCards"),
            ("pf_treasure_titles", "investments"), ("pj_funds", "investments"), ("pf_loans", "loans"),
            ("pf_unarranged_account_overdraft", "unarrangedAccountOverdraft"), ("pf_balance", "balance"),
            ("pf_something_new", "somethingNew"),
        ])
    func containers(type: String, name: String) throws {
        let report = try Self.report(type)
        #expect(report["productName"] == .string(type))
        let container = try #require(report[name]?.elements?.first)
        let records =
            container["transactionDetails"]?.elements
            ?? container["closedStatements"]?.elements?.first?["transactionDetails"]?.elements ?? report[name]?.elements
        #expect((records?.count ?? 0) >= 24)
        #expect(report["enquiryCnpj"] == (type.hasPrefix("pj_") ? .string(KlaviDesk.cnpj) : nil))
    }

    @Test("records of categorised products have two or three levels of categories, and other records have none")
    func categories() throws {
        for (type, names) in [
            ("pf_categorized_checking_l3", ["category", "subcategory", "thirdCategory"]),
            ("pf_categorized_checking_l2", ["category", "subcategory"]), ("pf_checking_account", []),
        ] {
            let account = try Self.report(type)["checkingAccounts"]?.elements?.first
            let record = try #require(account?["transactionDetails"]?.elements?.first)
            #expect(["category", "subcategory", "thirdCategory"].filter { record[$0]?.string != nil } == names)
            #expect(record["transactionAmount"]?["amount"]?.string?.wholeMatch(of: /[0-9]+\.[0-9]{2}00/) != nil)
            #expect(record["transactionDate"]?.string?.wholeMatch(of: /20[0-9]{2}-[01][0-9]-[0-3][0-9]/) != nil)
        }
    }

    @Test(
        "a report has the requested size, with different records",
        arguments: ["pf_checking_account", "pf_credit_card", "pf_categorized_checking_l3", "pf_loans"])
    func grows(type: String) throws {
        let session = KlaviDesk.open()
        try session.trigger(Trigger(type: type, byteCount: 300_000))
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
}
