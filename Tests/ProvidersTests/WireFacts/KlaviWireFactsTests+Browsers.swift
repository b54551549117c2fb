import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// Browser redirects, the rules of productsCallbackURL, names.
extension KlaviWireFactsTests {
    @Test(
        "Browser redirect: a browser comes back with GET and is thanked, with the parameters of either flow",
        arguments: [
            "link_id=L&external_info=%7B%22a%22%3A%22b%22%7D",
            "link_id=L&consent_id=C&external_info=%7B%22a%22%3A%22b%22%7D&external_track_id=T",
        ])
    func redirect(_ query: String) throws {
        guard case .redirect(let response) = screen("GET", "/klavi/back?\(query)") else {
            Issue.record("no visit")
            return
        }
        #expect(response.status == 200)
        let report = try #require(provider.parse(target: "/klavi/back?\(query)").first)
        #expect(report.type == "redirect" && report.externalInfo == #"{"a":"b"}"#)
        #expect(report.values(of: "linkId") == ["L"])
        #expect(report.values(of: "consentId") == (query.contains("consent_id") ? ["C"] : []))
        #expect(report.values(of: "externalTrackId") == (query.contains("track") ? ["T"] : []))
    }

    @Test(
        "Browser redirect: a failure adds error and its description, in either flow",
        arguments: ["link_id=L", "link_id=L&consent_id=C&external_track_id=T"])
    func redirectError(_ query: String) throws {
        let target = "/klavi/back?\(query)&error=access_denied&error_description=by%20user"
        guard case .redirect(let response) = screen("GET", target) else {
            Issue.record("no visit")
            return
        }
        #expect(String(decoding: response.body, as: UTF8.self).contains("Not completed"))
        #expect(try #require(provider.parse(target: target).first).values(of: "error") == ["access_denied"])
    }

    @Test("Browser redirect: a browser that comes back goes on to the landing by 303")
    func redirectLanding() throws {
        let redirects = try RedirectPolicy(allowed: [], landing: "https://app.example.com/done")
        guard case .redirect(let response) = screen("GET", "/klavi?link_id=1", redirects: redirects) else {
            Issue.record("no visit")
            return
        }
        #expect(response.status == 303)
        #expect(HeaderFields(response.headers).onlyValue(named: "Location") == "https://app.example.com/done")
    }

    @Test(
        "Callback URL rules: named products go their own way, other takes the rest, all takes everything",
        arguments: [
            (["pf_checking_account", "pf_credit_card"], "pf_credit_card", "pf_credit_card"),
            (["pf_checking_account", "pf_credit_card"], "pf_loans", nil),
            (["pf_checking_account", "other"], "pf_checking_account", "pf_checking_account"),
            (["pf_checking_account", "other"], "pf_loans", "other"), (["all"], "pf_loans", "all"),
            (["all"], "pf_checking_account", "all"), (["other"], "pf_checking_account", "other"),
        ] as [([String], String, String?)])
    func routing(_ keys: [String], _ product: String, _ topic: String?) throws {
        let table = try RouteTable(keys.map { RouteEntry(key: $0, topic: $0) })
        let report = try only(#"{"productName":"\#(product)","productReportId":"1"}"#)
        #expect(table.route(forType: report.type)?.topic == topic)
    }

    @Test("Callback URL rules: all beside anything else is an error", arguments: ["other", "pf_checking_account"])
    func allAndMore(_ key: String) {
        let entries = [RouteEntry(key: "all", topic: "a"), RouteEntry(key: key, topic: "b")]
        #expect(throws: RouteTable.MixedWithAll.self) { try RouteTable(entries) }
        #expect(throws: RouteTable.MixedWithAll.self) { try RouteTable(entries.reversed()) }
    }

    @Test(
        "Names: every product of persons and companies is a type with a route", arguments: ["pf_", "pj_"],
        KlaviWire.products)
    func products(_ prefix: String, _ product: String) throws {
        try expectProduct(prefix + product)
    }

    @Test(
        "Names: names nobody knows are routed by rule, never rejected",
        arguments: ["pj_financings", "pj_investments_funds", "pf_something_new", "Score_k2", "produto de João"])
    func unknownProducts(_ name: String) throws {
        try expectProduct(name)
    }

    @Test(
        "Names: every permission may stand in a consent",
        arguments: [
            "ACCOUNTS_ALL", "CREDIT_CARDS_ALL", "CREDIT_OPERATIONS_ALL", "REGISTRATION_ALL", "INVESTMENTS_ALL",
        ])
    func permissions(_ name: String) throws {
        let body = KlaviWire.report.replacingOccurrences(of: "REGISTRATION_ALL", with: name)
        #expect(try only(body).values(of: "consentId") == ["C-1"])
        #expect(try only(body).problem == nil)
    }

    @Test(
        "Names: every consent status may stand in an event",
        arguments: [
            "STARTED", "AWAITING_AUTHORISATION", "AWAITING_LGPD_AUTHORISATION", "AUTHORISED", "ERROR", "REJECTED",
            "EXPIRED", "REVOKED", "DELETED_BY_USER",
        ])
    func consentStatuses(_ status: String) throws {
        let report = try only(
            #"[{"eventName":"link_action_status","payload":{"status":"\#(status)","consents":{"consentId":"C"}}}]"#)
        #expect(report.type == "link_action_status" && report.values(of: "consentId") == ["C"])
    }
}
