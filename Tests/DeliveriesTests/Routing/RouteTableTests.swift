import Deliveries
import Testing

@Suite("Routes of a source")
struct RouteTableTests {
    @Test("a specific key takes its kind, other takes the rest")
    func specificAndOther() throws {
        let table = try RouteTable([
            RouteEntry(key: "pf_checking_account", box: "checking"), RouteEntry(key: "other", box: "rest"),
            RouteEntry(key: "pf_credit_card", box: "cards"),
        ])
        #expect(table.route(forKind: "pf_checking_account") == Route(rule: .specific, box: "checking"))
        #expect(table.route(forKind: "pf_credit_card") == Route(rule: .specific, box: "cards"))
        for kind in ["pf_loans", "PF_CREDIT_CARD", "pf_credit_card ", "", "other", "all", "unrecognised"] {
            #expect(table.route(forKind: kind) == Route(rule: .other, box: "rest"), "\(kind)")
        }
    }

    @Test(
        "all takes every kind, whatever it is called",
        arguments: ["pf_checking_account", "all", "other", "", "unrecognised"])
    func all(_ kind: String) throws {
        let table = try RouteTable([RouteEntry(key: "all", box: "everything")])
        #expect(table.route(forKind: kind) == Route(rule: .all, box: "everything"))
    }

    @Test("other alone takes every kind, by its own rule")
    func onlyOther() throws {
        let table = try RouteTable([RouteEntry(key: "other", box: "rest")])
        #expect(table.route(forKind: "pf_checking_account") == Route(rule: .other, box: "rest"))
    }

    @Test("a kind that no key takes has no route")
    func unrouted() throws {
        let table = try RouteTable([RouteEntry(key: "pf_checking_account", box: "checking")])
        #expect(table.route(forKind: "pf_credit_card") == nil)
        #expect(table.route(forKind: "other") == nil)
        #expect(RouteTable.empty.route(forKind: "pf_checking_account") == nil)
        #expect(try RouteTable([]) == .empty)
    }

    @Test(
        "keys beside all are refused, and named in their order",
        arguments: [
            (["all", "other"], ["other"]),
            (["pf_credit_card", "all"], ["pf_credit_card"]),
            (["other", "pf_credit_card", "all", "pf_loans"], ["other", "pf_credit_card", "pf_loans"]),
            (["all", "all", "other"], ["other"]),
        ])
    func mixedWithAll(_ keys: [String], _ named: [String]) throws {
        let error = try #require(throws: RouteTable.MixedWithAll.self) {
            try RouteTable(keys.map { RouteEntry(key: $0, box: "box") })
        }
        #expect(error.keys == named)
    }

    @Test(
        "keys that differ from all and other in letter case or blanks are kinds",
        arguments: ["All", "ALL", " all", "Other", "other "])
    func lookAlikes(_ key: String) throws {
        let table = try RouteTable([RouteEntry(key: key, box: "kind"), RouteEntry(key: "other", box: "rest")])
        #expect(table.route(forKind: key) == Route(rule: .specific, box: "kind"))
        #expect(table.route(forKind: "pf_credit_card") == Route(rule: .other, box: "rest"))
    }

    @Test("kinds that look alike but differ in their bytes take different routes")
    func canonicallyEqual() throws {
        let table = try RouteTable([
            RouteEntry(key: "caf\u{e9}", box: "composed"), RouteEntry(key: "cafe\u{301}", box: "decomposed"),
        ])
        #expect(table.route(forKind: "caf\u{e9}")?.box == "composed")
        #expect(table.route(forKind: "cafe\u{301}")?.box == "decomposed")
    }

    @Test("a kind that merely looks like a key is not that key's")
    func canonicallyEqualToOne() throws {
        let table = try RouteTable([RouteEntry(key: "caf\u{e9}", box: "composed")])
        #expect(table.route(forKind: "cafe\u{301}") == nil)
    }

    @Test("a key that stands twice counts as written last")
    func repeatedKeys() throws {
        let table = try RouteTable([
            RouteEntry(key: "a", box: "1"), RouteEntry(key: "other", box: "2"), RouteEntry(key: "a", box: "3"),
            RouteEntry(key: "other", box: "4"),
        ])
        #expect(table.route(forKind: "a") == Route(rule: .specific, box: "3"))
        #expect(table.route(forKind: "b") == Route(rule: .other, box: "4"))
        let all = try RouteTable([RouteEntry(key: "all", box: "1"), RouteEntry(key: "all", box: "2")])
        #expect(all.route(forKind: "a") == Route(rule: .all, box: "2"))
    }

    @Test("the entries come specific ones first, and make the same table again")
    func entries() throws {
        let table = try RouteTable([
            RouteEntry(key: "other", box: "rest"), RouteEntry(key: "b", box: "2"), RouteEntry(key: "a", box: "1"),
        ])
        #expect(table.entries.map(\.key) == ["b", "a", "other"])
        #expect(table.entries.map(\.box) == ["2", "1", "rest"])
        #expect(try RouteTable(table.entries) == table)
        #expect(try RouteTable([RouteEntry(key: "all", box: "x")]).entries == [RouteEntry(key: "all", box: "x")])
        #expect(RouteTable.empty.entries == [])
    }
}
