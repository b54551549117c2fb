import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

/// Identifiers that find reports, and secrets.
extension KlaviWireFactsTests {
    @Test("Identifiers: an event is found by its link, its consent, its track id, its externalInfo, its partner")
    func eventCorrelation() throws {
        let report = try only(
            #"""
            [{"partnerAppId":"P","eventId":"E","eventName":"consent_authorised","payload":{"linkId":"L",
            "consents":{"consentId":"C","externalTrackId":"T"}},"externalInfo":{"a":{"b":"x"}}}]
            """#)
        #expect(report.dedupeKey == "event:E")
        #expect(
            Set(report.fields) == [
                ReportField("partnerAppId", "P"), ReportField("eventId", "E"), ReportField("linkId", "L"),
                ReportField("consentId", "C"), ReportField("externalTrackId", "T"),
                ReportField("externalInfo.a.b", "x"),
            ])
    }

    @Test("Identifiers: a report is found by each of its links and consents")
    func reportCorrelation() throws {
        let report = try only(
            #"""
            {"requestId":"R","productName":"pf_loans","productReportId":"P","enquiryCpf":"1","enquiryCnpj":"2",
            "links":[{"linkId":"L1","consents":[{"consentId":"C1"},{"consentId":"C2"}]},
            {"linkId":"L2","consents":[{"consentId":"C3"}]}],"externalInfo":{"order":7}}
            """#)
        #expect(report.values(of: "linkId") == ["L1", "L2"])
        #expect(report.values(of: "consentId") == ["C1", "C2", "C3"])
        let names = ["requestId", "productName", "productReportId", "enquiryCpf", "enquiryCnpj", "externalInfo.order"]
        #expect(names.flatMap { report.values(of: $0) } == ["R", "pf_loans", "P", "1", "2", "7"])
    }

    @Test("Identifiers: a redirect is found by its link, consent, track id and external_info")
    func redirectCorrelation() throws {
        let target = "/?link_id=L&consent_id=C&external_track_id=T&external_info=%7B%22a%22%3A%22b%22%7D"
        let report = try #require(provider.parse(target: target).first)
        #expect(
            Set(report.fields) == [
                ReportField("linkId", "L"), ReportField("consentId", "C"), ReportField("externalTrackId", "T"),
                ReportField("externalInfo.a", "b"),
            ])
    }

    @Test("Identifiers: an older report is found by its connection", arguments: ["connection_key", "connection_id"])
    func olderCorrelation(_ name: String) throws {
        #expect(try only(#"{"report_type":"Income","\#(name)":"K"}"#).values(of: name) == ["K"])
    }

    @Test(
        "Deliveries: events, reports and tests are told apart at one URL",
        arguments: [
            (#"[{"eventName":"link_created","eventId":"1"}]"#, "event:1"),
            (#"{"eventName":"link_created","eventId":"1"}"#, "event:1"),
            (#"{"productName":"pf_loans","productReportId":"1"}"#, "report:1"), ("", nil),
        ] as [(String, String?)])
    func discriminate(_ body: String, _ key: String?) throws {
        guard let key else {
            #expect(screen("POST", body: body) == Self.handshake)
            return
        }
        #expect(screen("POST", body: body) == .delivery)
        #expect(try only(body).dedupeKey == key)
    }

    @Test("Signature: secrets do not show in descriptions")
    func secrecy() {
        #expect(!"\(SampleSources.klaviSecret)".contains("klavi-test-secret"))
        #expect(!String(reflecting: SampleSources.klaviSecret).contains("klavi-test-secret"))
    }
}
