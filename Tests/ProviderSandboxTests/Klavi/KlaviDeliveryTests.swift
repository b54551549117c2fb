import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's deliveries")
struct KlaviDeliveryTests {
    @Test("an event is an array of one object in the documented order")
    func writesEvent() throws {
        let session = KlaviDesk.open()
        session.now = Date(timeIntervalSince1970: 1_495_468_585.434)
        let access = session.logIn()
        let body = #"{"personalTaxId":"12345678909","externalInfo":{"z":1.0,"a":"é","b":[1e5,null,true]}}"#
        let reply = session.call("POST", "/data/v1/links", text: body, token: access)
        let id = try #require(reply.json["linkId"]?.string)
        let text = try #require(session.sent.first?.text)
        let eventID = try #require(session.sent.first?.event["eventId"]?.string)
        #expect(eventID.wholeMatch(of: /1495468585434-[0-9a-f]{24}/) != nil)
        #expect(
            text
                == #"[{"partnerAppId":"12345678","eventId":"\#(eventID)","eventType":"api","eventName":"link_created","#
                + #""eventTime":"2017-05-22T15:56:25.434Z","payload":{"personalTaxId":"12345678909","#
                + #""businessTaxId":"","linkId":"\#(id)"},"externalInfo":{"z":1.0,"a":"é","b":[1e5,null,true]}}]"#)
    }

    @Test("a report's envelope has the documented order, and its time has no zone")
    func writesReport() throws {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let info = #"{"z":"1","a":{"y":0.50,"b":"\u0001 ü"}}"#
        let body = #"{"personalTaxId":"12345678909","externalInfo": \#(info)}"#
        let reply = session.call("POST", "/data/v1/links", text: body, token: access)
        _ = session.decide(try #require(reply.json["linkToken"]?.string))
        let text = try #require(session.sent.first { $0.type == "pf_checking_account" }?.text)
        let names = [
            "{\"code\":200", "\"message\":\"OK\"", "\"requestId\":\"", "\"productName\":\"pf_checking_account\"",
            "\"productVersion\":\"V1\"", "\"productReportId\":\"", "\"productReportTime\":\"2023-11-14T22:13:20\"",
            "\"enquiryCpf\":\"12345678909\"", "\"links\":[{\"linkId\":", "\"institutionCode\":\"033\"",
            "\"consents\":[{\"consentId\":", "\"permissions\":{\"REGISTRATION_ALL\":",
            "\"checkingAccounts\":[{\"brandName\":",
            "\"bacenName\":", "\"compeCode\":\"033\"", "\"companyCnpj\":", "\"branchCode\":", "\"number\":",
            "\"checkDigit\":", "\"subtype\":\"INDIVIDUAL\"", "\"civilName\":", "\"balances\":{\"availableAmount\":",
            "\"blockedAmount\":", "\"automaticallyInvestedAmount\":", "\"transactionDetails\":[{\"transactionDate\":",
        ]
        var rest = text[...]
        for name in names {
            let range = try #require(rest.range(of: name), "\(name) is missing or out of order")
            rest = rest[range.upperBound...]
        }
        #expect(text.hasSuffix(#","externalInfo":\#(info)}"#))
    }

    @Test("a retry has the same body, and another report has a different body")
    func repeats() throws {
        let session = KlaviDesk.open()
        try session.trigger(Trigger(type: "pf_checking_account"))
        try session.trigger(Trigger(type: "pf_checking_account"))
        #expect(session.sent[0].body == session.sent[0].body)
        #expect(session.sent[0].body != session.sent[1].body)
        let twin = KlaviDesk.open()
        try twin.trigger(Trigger(type: "pf_checking_account"))
        #expect(twin.sent[0].body == session.sent[0].body)
    }
}
