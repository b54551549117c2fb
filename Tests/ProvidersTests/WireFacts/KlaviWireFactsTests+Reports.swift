import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

extension KlaviWireFactsTests {
    @Test(
        "Reports: a report's members are indexed",
        arguments: [
            ("code", "200"), ("requestId", "R-1"), ("productName", "pf_checking_account"), ("productReportId", "PR-1"),
            ("enquiryCpf", "12345678909"), ("linkId", "L-1"), ("institutionCode", "033"), ("consentId", "C-1"),
            ("externalInfo.myTraceId", "t1"),
        ])
    func reportFields(_ name: String, _ value: String) throws {
        #expect(try only(KlaviWire.report).values(of: name) == [value])
    }

    @Test("Reports: the product's name is the type, and its id the key")
    func reportType() throws {
        let report = try only(KlaviWire.report)
        #expect(report.type == "pf_checking_account" && report.dedupeKey == "report:PR-1")
        #expect(report.externalInfo == #"{"myTraceId":"t1"}"# && report.problem == nil)
    }

    @Test("Reports: a time without a zone is read as UTC")
    func reportTime() throws {
        #expect(try only(KlaviWire.report).providerTime?.rfc3339 == "2019-12-23T06:10:43.000Z")
    }

    @Test("Reports: a company's report is found by its CNPJ")
    func company() throws {
        let body = #"{"productName":"pj_checking_account","productReportId":"1","enquiryCnpj":"22222222000191"}"#
        #expect(try only(body).values(of: "enquiryCnpj") == ["22222222000191"])
    }

    @Test("Reports: amounts are texts and are not taken for fields")
    func amounts() throws {
        #expect(try only(KlaviWire.report).fields.allSatisfy { !["1000.0400", "12.50", "BRL"].contains($0.value) })
    }

    @Test(
        "Reports: any container may follow the envelope",
        arguments: [
            "checkingAccounts", "savingsAccounts", "creditCards", "creditCardAccounts", "investments", "somethingNew",
        ])
    func containers(_ name: String) throws {
        let report = try only(
            #"{"code":200,"productName":"pf_x","productReportId":"1","\#(name)":[{"number":"1","limits":[{}]}]}"#)
        #expect(report.type == "pf_x" && report.problem == nil)
    }

    @Test(
        "Reports: a checking account's subtypes are not looked at",
        arguments: ["INDIVIDUAL", "CONJUNTA_SIMPLES", "CONJUNTA_SOLIDARIA"])
    func subtypes(_ name: String) throws {
        let body = KlaviWire.report.replacingOccurrences(of: "CONJUNTA_SIMPLES", with: name)
        #expect(try only(body).fields == only(KlaviWire.report).fields)
    }

    @Test("Reports: several products of one link are several reports with its linkId")
    func productsOfOneLink() throws {
        let other = KlaviWire.report.replacingOccurrences(of: "pf_checking_account", with: "pf_credit_card")
            .replacingOccurrences(of: "PR-1", with: "PR-2")
        let both = [try only(KlaviWire.report), try only(other)]
        #expect(Set(both.map(\.dedupeKey)).count == 2)
        #expect(both.allSatisfy { $0.values(of: "linkId") == ["L-1"] })
    }

    @Test(
        "Reports: a failed report is the same envelope with another code", arguments: [200, 204, 205, 5000, 5100, 5299])
    func codes(_ code: Int) throws {
        let report = try only(
            #"{"code":\#(code),"message":"m","requestId":"R","productName":"pf_loans","productReportId":"1"}"#)
        #expect(report.type == "pf_loans" && report.values(of: "code") == ["\(code)"])
    }

    @Test(
        "Reports: the older snake_case reports are read under their names",
        arguments: [
            "Category_checking", "Category_creditcard", "Income", "Liabilities", "Financial_insight", "Score_k1",
            "FGTS", "Investment", "Corporate_checking", "Gig_economy", "Identity", "Balance", "Auth_account",
            "Auth_creditcard",
        ])
    func olderReports(_ name: String) throws {
        let report = try only(
            #"""
            {"enquiry_cpf":"1","user_consent":true,"allow_autoupdate":false,"connection_key":"K","connection_id":"I",
            "institution_id":"033","report_type":"\#(name)","report_id":"ID","report_version":"1"}
            """#)
        #expect(report.type == name && report.dedupeKey == "report:ID" && report.problem == nil)
        let names = ["enquiry_cpf", "connection_key", "connection_id", "institution_id", "report_id"]
        #expect(names.flatMap { report.values(of: $0) } == ["1", "K", "I", "033", "ID"])
        try expectRouted(name)
    }
}
