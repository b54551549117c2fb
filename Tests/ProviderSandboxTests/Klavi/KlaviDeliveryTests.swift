import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's deliveries")
struct KlaviDeliveryTests {
    @Test("Signing agrees with both vectors")
    func signs() throws {
        let event =
            #"[{"partnerAppId":"12345678","eventId":"1495468585434-0e73d1719173766fe4dfe1a8","eventType":"api","#
            + #""eventName":"link_created","eventTime":"2022-06-25T20:08:17.848Z","payload":{"personalTaxId":"#
            + #""25872252137","businessTaxId":"","linkId":"L-1"},"externalInfo":{"myTraceId":"t1"}}]"#
        let report =
            #"{"code":200,"message":"OK","requestId":"R-1","productName":"pf_checking_account","productVersion":"V1","#
            + #""productReportId":"PR-1","productReportTime":"2024-01-02T03:04:05","enquiryCpf":"12345678909","links":"#
            + #"[{"linkId":"L-1","institutionCode":"033","consents":[{"consentId":"C-1"}]}],"checkingAccounts":[],"#
            + #""externalInfo":{"myTraceId":"t1","nome":"João"}}"#
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: "link_created"))
        let sent = try #require(session.sent.first)
        for (body, byteCount, signature) in [
            (event, 274, "49242ec86dfc4ee240dc206cdf44f5aa1685c8d2d7fba24e925d8445f7839a8e"),
            (report, 352, "7f3856e5c7ba660cc63a7daa18e23bdd54d65e92caf156b1329398b7225ddefa"),
        ] {
            #expect(body.utf8.count == byteCount)
            let lines = sent.callback.proof(of: Array(body.utf8), ProofConditions(secondsSinceEpoch: 1_740_716_924))
            #expect(lines.firstValue(of: "X-Klavi-Signature") == signature)
            #expect(lines.firstValue(of: "X-Klavi-Timestamp") == "1740716924")
            #expect(lines.firstValue(of: "User-Agent")?.isEmpty == false)
            let wrong = sent.callback.proof(
                of: Array(body.utf8), ProofConditions(secondsSinceEpoch: 1, isWrong: true))
            #expect(wrong.firstValue(of: "X-Klavi-Signature") != signature)
            #expect(wrong.firstValue(of: "X-Klavi-Timestamp") == "1")
        }
    }

    @Test("Six attempts of 10 s, with doubling waits, until exactly 200")
    func retries() throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: "pf_loans"))
        let callback = try #require(session.sent.first)
        #expect(callback.provider == "klavi")
        #expect(callback.method == "POST")
        #expect(callback.delay == 0)
        #expect(callback.policy.timeLimit == .seconds(10) && callback.policy.waits == [0.25, 0.5, 1, 2, 4])
        #expect(!callback.policy.isFinal(201) && !callback.policy.isFinal(404))
    }

    @Test("An event is an array of one object in the documented order")
    func writesEvent() throws {
        var session = try KlaviSession()
        session.now = Date(timeIntervalSince1970: 1_495_468_585.434)
        let access = try session.logIn()
        let body = #"{"personalTaxId":"12345678909","externalInfo":{"z":1.0,"a":"é","b":[1e5,null,true]}}"#
        let reply = try session.call("POST", "/data/v1/links", text: body, token: access)
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

    @Test("A consent's event names the consent as an object, with its permissions")
    func writesConsentEvent() throws {
        var session = try KlaviSession()
        let link = try session.link()
        _ = try session.decide(link.token, permissions: ["ACCOUNTS_ALL"])
        let text = try #require(session.sent.first?.text)
        let pattern =
            #""institutionCode":"033","consents":{"consentId":"[0-9a-f-]{36}","externalTrackId":"","#
            + #""institutionCode":"033","permissions":"#
            + #"{"REGISTRATION_ALL":{"permissionsGranted":false,"accountIds":\[\]},"#
            + #""ACCOUNTS_ALL":{"permissionsGranted":true,"accountIds":\[\]}"#
        #expect(text.contains(try Regex(pattern.replacing("{\"", with: "\\{\""))))
    }

    @Test("A report's envelope is in the documented order, its time without a zone")
    func writesReport() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let info = #"{"z":"1","a":{"y":0.50,"b":"\u0001 ü"}}"#
        let body = #"{"personalTaxId":"12345678909","externalInfo": \#(info)}"#
        let reply = try session.call("POST", "/data/v1/links", text: body, token: access)
        _ = try session.decide(try #require(reply.json["linkToken"]?.string))
        let text = try #require(session.sent.first { $0.kind == "pf_checking_account" }?.text)
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

    @Test("The body of a retry is the same; that of another report is not")
    func repeats() throws {
        var session = try KlaviSession()
        try session.trigger(Trigger(kind: "pf_checking_account"))
        try session.trigger(Trigger(kind: "pf_checking_account"))
        #expect(session.sent[0].body == session.sent[0].body)
        #expect(session.sent[0].body != session.sent[1].body)
        var twin = try KlaviSession()
        try twin.trigger(Trigger(kind: "pf_checking_account"))
        #expect(twin.sent[0].body == session.sent[0].body)
    }
}
