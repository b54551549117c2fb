import Deliveries
import Foundation
import StrictJSON
import Testing

@testable import ProviderSandbox

@Suite("Klavi's pages")
struct KlaviPageTests {
    private static let automatic = [
        "consent_authorised", "pf_checking_account", "pf_credit_card", "pf_categorized_checking_l3",
        "product_generated_success", "product_generated_success", "product_generated_success",
    ]

    @Test("viewing the consent page changes nothing, and its form has institutions, permissions and two buttons")
    func shows() {
        let session = KlaviDesk.open()
        let link = session.link()
        for _ in 0..<2 {
            let page = session.call("GET", "/conecte?v=\(link.token)")
            #expect(page.status == 200)
            for text in [
                "<form method=\"post\" action=\"/conecte\">", "type=\"radio\" name=\"institution\" value=\"033\"",
                "name=\"permission\" value=\"ACCOUNTS_ALL\" checked", ">Authorise</button>", ">Reject</button>",
            ] {
                #expect(page.text.contains(text))
            }
            #expect(!page.text.contains("name=\"taxId\""))
        }
        #expect(session.sent.isEmpty)
    }

    @Test("the consent page and its form return 404 for an unknown token and 410 for an expired token")
    func rejectsTokens() {
        let session = KlaviDesk.open()
        let link = session.link()
        for target in ["/conecte", "/conecte?v=", "/conecte?v=x", "/conecte/other"] {
            #expect(session.call("GET", target).status == 404)
        }
        #expect(session.decide("x").status == 404)
        session.now += 1799
        #expect(session.call("GET", "/conecte?v=\(link.token)").status == 200)
        session.now += 1
        #expect(session.call("GET", "/conecte?v=\(link.token)").status == 410)
        #expect(session.decide(link.token).status == 410)
        #expect(session.sent.isEmpty)
    }

    @Test("authorising sends the event, the onboarding reports and their events, in order and in the link's group")
    func authorises() {
        let session = KlaviDesk.open()
        let link = session.link()
        let done = session.decide(link.token, institution: "917")
        #expect(done.status == 200)
        #expect(done.text.contains("Done"))
        #expect(session.sentTypes == Self.automatic)
        #expect(Set(session.sent.map(\.group)) == ["klavi:\(link.id)"])
        let reports = session.sent[1...3].map(\.json)
        let events = session.sent[4...6].map { $0.event["payload"] }
        for (report, event) in zip(reports, events) {
            #expect(event?["productReportId"] == report["productReportId"])
            #expect(event?["productName"] == report["productName"])
            #expect(event?["requestId"] == report["requestId"])
            #expect(report["enquiryCpf"] == .string(KlaviDesk.cpf))
            #expect(report["links"]?.elements?.first?["linkId"] == .string(link.id))
            #expect(report["links"]?.elements?.first?["institutionCode"] == "917")
        }
    }

    @Test("a product fails if its permission was not selected")
    func failsWithoutPermission() {
        let session = KlaviDesk.open()
        let link = session.link()
        _ = session.decide(link.token, permissions: ["REGISTRATION_ALL", "ACCOUNTS_ALL", "OTHER"])
        #expect(
            session.sentTypes == [
                "consent_authorised", "pf_checking_account", "pf_categorized_checking_l3",
                "product_generated_success", "product_generated_failed", "product_generated_success",
            ])
        #expect(session.sent[4].event["payload"]?["productName"] == "pf_credit_card")
        let permissions = session.sent[1].json["links"]?.elements?.first?["consents"]?.elements?.first?["permissions"]
        #expect(permissions?["ACCOUNTS_ALL"] == ["permissionsGranted": true, "accountIds": []])
        #expect(permissions?["CREDIT_CARDS_ALL"] == ["permissionsGranted": false, "accountIds": []])
    }

    @Test("an invalid form is rejected and sends no event")
    func rejectsForms() {
        let session = KlaviDesk.open()
        let link = session.link(["externalInfo": ["customization": ["institutions": ["001"]]]])
        #expect(session.decide(link.token, "maybe", institution: "001").status == 400)
        #expect(session.decide(link.token, institution: "033").status == 400)
        #expect(session.decide(link.token, institution: "001", permissions: []).status == 400)
        let preset = session.link(["institutionCode": "341"])
        #expect(session.decide(preset.token, institution: "033", extra: "&taxId=12345678909").status == 400)
        #expect(session.decide(preset.token, institution: "341", extra: "&taxId=1").status == 400)
        #expect(session.sent.isEmpty)
        #expect(session.decide(preset.token, institution: nil, extra: "&taxId=12345678909").status == 200)
        #expect(session.sent[1].json["enquiryCpf"] == "12345678909")
    }

    @Test("link_id and external_info are added after the other parameters of the redirect URL")
    func redirects() throws {
        let session = KlaviDesk.open()
        let access = session.logIn()
        let body = #"{"redirectURL":"https://a.example/b?x=1#top","externalInfo":{"z":"é&=+","a":1.50}}"#
        let reply = session.call("POST", "/data/v1/links", text: body, token: access)
        let token = try #require(reply.json["linkToken"]?.string)
        let id = try #require(reply.json["linkId"]?.string)
        let done = session.decide(token, extra: "&taxId=12345678909")
        #expect(done.status == 303)
        let info = "%7B%22z%22%3A%22%C3%A9%26%3D%2B%22%2C%22a%22%3A1.50%7D"
        #expect(done.location == "https://a.example/b?x=1&link_id=\(id)&external_info=\(info)#top")
    }

    @Test("rejecting sends one event, and the browser returns with error and error_description")
    func rejects() {
        let session = KlaviDesk.open()
        let link = session.link(["personalTaxId": "12345678909", "redirectURL": "https://a.example/b"])
        let done = session.decide(link.token, "reject", permissions: [])
        #expect(
            done.location == "https://a.example/b?link_id=\(link.id)&external_info=%7B%7D&error=access_denied"
                + "&error_description=The%20user%20rejected%20the%20consent")
        #expect(session.sentTypes == ["consent_rejected"])
        let all = session.call("GET", "/data/v1/consents", token: session.logIn()).json.elements
        #expect(all?.map { $0["status"] } == ["REJECTED"])
    }
}
