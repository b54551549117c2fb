import Deliveries
import Testing

@Suite("Routes of a source")
struct RouteTableTests {
    @Test("a specific key matches its type, and 'other' matches the remaining types")
    func specificAndOther() throws {
        let table = try RouteTable([
            RouteEntry(key: "pf_checking_account", topic: "checking"), RouteEntry(key: "other", topic: "rest"),
            RouteEntry(key: "pf_credit_card", topic: "cards"),
        ])
        #expect(table.route(forType: "pf_checking_account") == Route(rule: .specific, topic: "checking"))
        #expect(table.route(forType: "pf_credit_card") == Route(rule: .specific, topic: "cards"))
        for type in ["pf_loans", "PF_CREDIT_CARD", "pf_credit_card ", "", "other", "all", "unrecognised"] {
            #expect(table.route(forType: type) == Route(rule: .other, topic: "rest"), "\(type)")
        }
    }

    @Test(
        "'all' matches every type",
        arguments: ["pf_checking_account", "all", "other", "", "unrecognised"])
    func all(_ type: String) throws {
        let table = try RouteTable([RouteEntry(key: "all", topic: "everything")])
        #expect(table.route(forType: type) == Route(rule: .all, topic: "everything"))
    }

    @Test("'other' alone matches every type")
    func onlyOther() throws {
        let table = try RouteTable([RouteEntry(key: "other", topic: "rest")])
        #expect(table.route(forType: "pf_checking_account") == Route(rule: .other, topic: "rest"))
    }

    @Test("a type without a matching key has no route")
    func unrouted() throws {
        let table = try RouteTable([RouteEntry(key: "pf_checking_account", topic: "checking")])
        #expect(table.route(forType: "pf_credit_card") == nil)
        #expect(table.route(forType: "other") == nil)
        #expect(RouteTable.empty.route(forType: "pf_checking_account") == nil)
        #expect(try RouteTable([]) == .empty)
    }

    @Test(
        "keys in addition to 'all' are rejected and listed in order",
        arguments: [
            (["all", "other"], ["other"]),
            (["pf_credit_card", "all"], ["pf_credit_card"]),
            (["other", "pf_credit_card", "all", "pf_loans"], ["other", "pf_credit_card", "pf_loans"]),
            (["all", "all", "other"], ["other"]),
        ])
    func mixedWithAll(_ keys: [String], _ named: [String]) throws {
        let error = try #require(throws: RouteTable.MixedWithAll.self) {
            try RouteTable(keys.map { RouteEntry(key: $0, topic: "topic") })
        }
        #expect(error.keys == named)
    }

    @Test(
        "keys that differ from 'all' and 'other' in letter case or blanks are types",
        arguments: ["All", "ALL", " all", "Other", "other "])
    func lookAlikes(_ key: String) throws {
        let table = try RouteTable([RouteEntry(key: key, topic: "type"), RouteEntry(key: "other", topic: "rest")])
        #expect(table.route(forType: key) == Route(rule: .specific, topic: "type"))
        #expect(table.route(forType: "pf_credit_card") == Route(rule: .other, topic: "rest"))
    }

    @Test("types that look the same but have different bytes have different routes")
    func canonicallyEqual() throws {
        let table = try RouteTable([
            RouteEntry(key: "caf\u{e9}", topic: "composed"), RouteEntry(key: "cafe\u{301}", topic: "decomposed"),
        ])
        #expect(table.route(forType: "caf\u{e9}")?.topic == "composed")
        #expect(table.route(forType: "cafe\u{301}")?.topic == "decomposed")
    }

    @Test("a type that only looks like a key does not match the key")
    func canonicallyEqualToOne() throws {
        let table = try RouteTable([RouteEntry(key: "caf\u{e9}", topic: "composed")])
        #expect(table.route(forType: "cafe\u{301}") == nil)
    }

    @Test("the last entry of a repeated key is used")
    func repeatedKeys() throws {
        let table = try RouteTable([
            RouteEntry(key: "a", topic: "1"), RouteEntry(key: "other", topic: "2"), RouteEntry(key: "a", topic: "3"),
            RouteEntry(key: "other", topic: "4"),
        ])
        #expect(table.route(forType: "a") == Route(rule: .specific, topic: "3"))
        #expect(table.route(forType: "b") == Route(rule: .other, topic: "4"))
        let all = try RouteTable([RouteEntry(key: "all", topic: "1"), RouteEntry(key: "all", topic: "2")])
        #expect(all.route(forType: "a") == Route(rule: .all, topic: "2"))
    }

    @Test("the entries of a table list specific keys first, and a table created from them is equal")
    func entries() throws {
        let table = try RouteTable([
            RouteEntry(key: "other", topic: "rest"), RouteEntry(key: "b", topic: "2"), RouteEntry(key: "a", topic: "1"),
        ])
        #expect(table.entries.map(\.key) == ["b", "a", "other"])
        #expect(table.entries.map(\.topic) == ["2", "1", "rest"])
        #expect(try RouteTable(table.entries) == table)
        #expect(try RouteTable([RouteEntry(key: "all", topic: "x")]).entries == [RouteEntry(key: "all", topic: "x")])
        #expect(RouteTable.empty.entries == [])
    }
}
