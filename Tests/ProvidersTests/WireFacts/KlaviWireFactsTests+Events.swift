import Deliveries
import Foundation
import Providers
import StrictJSON
import TestKit
import Testing

extension KlaviWireFactsTests {
    @Test(
        "Events: an event's members are indexed",
        arguments: [
            ("partnerAppId", "12345678"), ("eventId", "1495468585434-0e73d1719173766fe4dfe1a8"),
            ("personalTaxId", "25872252137"), ("businessTaxId", "22222222000191"), ("linkId", "L-1"),
            ("externalInfo.myTraceId", "t1"), ("externalInfo.myUUID", "u1"),
        ])
    func eventFields(_ name: String, _ value: String) throws {
        #expect(try only(KlaviWire.event).values(of: name) == [value])
    }

    @Test("Events: the id is spelt eventId or eventID", arguments: ["eventId", "eventID"])
    func eventID(_ name: String) throws {
        #expect(try only(#"[{"eventName":"link_created","\#(name)":"1-a"}]"#).dedupeKey == "event:1-a")
    }

    @Test("Events: the time is ISO 8601 with milliseconds in UTC")
    func eventTime() throws {
        #expect(try only(KlaviWire.event).providerTime?.rfc3339 == "2022-06-25T20:08:17.848Z")
    }

    @Test("Events: the event's externalInfo is given back as it came")
    func eventExternalInfo() throws {
        #expect(try only(KlaviWire.event).externalInfo == #"{"myTraceId":"t1","myUUID":"u1"}"#)
    }

    @Test(
        "Events: every event name is the report's type and finds its route",
        arguments: [
            "link_created", "consent_authorised", "consent_error", "consent_rejected", "consent_expired",
            "consent_revoked", "consent_deleted_by_user", "product_request_received", "product_generated_success",
            "product_generated_failed", "link_action_status",
        ])
    func eventNames(_ name: String) throws {
        let report = try only(
            #"[{"eventType":"api","eventName":"\#(name)","eventId":"1","payload":{"linkId":"L"}}]"#)
        #expect(report.type == name && report.problem == nil)
        #expect(report.values(of: "linkId") == ["L"])
        try expectRouted(name)
        #expect(KlaviProvider.typesWithoutCallbackURL.contains(name))
    }

    @Test("Events: consents are an object, or an array", arguments: [false, true])
    func consents(_ isArray: Bool) throws {
        let consent = #"{"consentId":"C","externalTrackId":"T","institutionCode":"033","permissions":{}}"#
        let report = try only(
            #"[{"eventName":"consent_authorised","payload":{"consents":\#(isArray ? "[\(consent)]" : consent)}}]"#)
        #expect(report.values(of: "consentId") == ["C"])
        #expect(report.values(of: "externalTrackId") == ["T"])
        #expect(report.values(of: "institutionCode") == ["033"])
    }

    @Test(
        "Events: link_action_status carries one of the consent words as its status",
        arguments: [
            "consent_authorised", "consent_error", "consent_rejected", "consent_expired", "consent_revoked",
            "consent_deleted_by_user",
        ])
    func linkActionStatus(_ status: String) throws {
        let report = try only(
            #"""
            [{"eventName":"link_action_status","eventId":"1","payload":{"personalTaxId":"1","businessTaxId":"2",
            "linkId":"L","institutionCode":"033","status":"\#(status)"}}]
            """#)
        #expect(report.type == "link_action_status" && report.problem == nil)
        let names = ["personalTaxId", "businessTaxId", "linkId", "institutionCode"]
        #expect(names.flatMap { report.values(of: $0) } == ["1", "2", "L", "033"])
    }

    @Test("Events: the analysis space sends analysis_finished with its batch")
    func analysis() throws {
        let report = try only(
            #"""
            [{"eventType":"analysis","eventName":"analysis_finished","eventId":"1",
            "payload":{"batchId":"B","presignedUrl":"https://files.example/x?sig=1"}}]
            """#)
        #expect(report.type == "analysis_finished" && report.values(of: "batchId") == ["B"])
        #expect(!report.fields.contains { $0.value.contains("sig=") }, "a signed address is no field")
    }

    @Test("Events: other spaces sign the same way", arguments: ["payment", "monitor", "analysis"])
    func otherSpaces(_ space: String) {
        let body = #"[{"eventType":"\#(space)","eventName":"x_happened","eventId":"1"}]"#
        let time = [HeaderField("X-Klavi-Timestamp", "1700000000")]
        #expect(verify(body, signature: Self.hex(body), others: time) == .verified(secretName: "primary"))
        #expect(provider.parse(body: body).map(\.type) == ["x_happened"])
    }
}
