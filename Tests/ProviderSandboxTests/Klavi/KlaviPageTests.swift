import Foundation
import Testing

@testable import ProviderSandbox

@Suite("Klavi's pages")
struct KlaviPageTests {
    private static let automatic = [
        "consent_authorised", "pf_checking_account", "pf_credit_card", "pf_categorized_checking_l3",
        "product_generated_success", "product_generated_success", "product_generated_success",
    ]

    @Test("Opening the page changes nothing; it holds institutions, permissions and both buttons in a POST form")
    func shows() throws {
        var session = try KlaviSession()
        let link = try session.link()
        for _ in 0..<2 {
            let page = try session.call("GET", "/conecte?v=\(link.token)")
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

    @Test("What the customer wrote for the page is escaped")
    func escapes() throws {
        var session = try KlaviSession()
        let link = try session.link([
            "externalInfo": ["customization": ["landingTitle": "<b>&\"", "landingSubtitle": "<script>x</script>"]]
        ])
        let page = try session.call("GET", "/conecte?v=\(link.token)").text
        #expect(page.contains("<h1>&lt;b&gt;&amp;&quot;</h1>"))
        #expect(!page.contains("<script>") && !page.contains("<b>"))
    }

    @Test("An unknown token is 404, an expired one 410, for the page and its form")
    func refusesTokens() throws {
        var session = try KlaviSession()
        let link = try session.link()
        for target in ["/conecte", "/conecte?v=", "/conecte?v=x", "/conecte/other"] {
            #expect(try session.call("GET", target).status == 404)
        }
        #expect(try session.decide("x").status == 404)
        session.now += 1799
        #expect(try session.call("GET", "/conecte?v=\(link.token)").status == 200)
        session.now += 1
        #expect(try session.call("GET", "/conecte?v=\(link.token)").status == 410)
        #expect(try session.decide(link.token).status == 410)
        #expect(session.sent.isEmpty)
    }

    @Test("Authorising sends the event, the onboarding reports and their events, in order, all in the link's group")
    func authorises() throws {
        var session = try KlaviSession()
        let link = try session.link()
        let done = try session.decide(link.token, institution: "917")
        #expect(done.status == 200)
        #expect(done.text.contains("Done"))
        #expect(session.sentKinds == Self.automatic)
        #expect(Set(session.sent.map(\.group)) == ["klavi:\(link.id)"])
        let reports = session.sent[1...3].map(\.json)
        let events = session.sent[4...6].map { $0.event["payload"] }
        for (report, event) in zip(reports, events) {
            #expect(event?["productReportId"] == report["productReportId"])
            #expect(event?["productName"] == report["productName"])
            #expect(event?["requestId"] == report["requestId"])
            #expect(report["enquiryCpf"] == .string(KlaviSession.cpf))
            #expect(report["links"]?.elements?.first?["linkId"] == .string(link.id))
            #expect(report["links"]?.elements?.first?["institutionCode"] == "917")
        }
    }

    @Test("A company's link brings the company's products")
    func authorisesCompany() throws {
        var session = try KlaviSession()
        let link = try session.link(["businessTaxId": .string(KlaviSession.cnpj)])
        _ = try session.decide(link.token)
        #expect(
            session.sentKinds[1...3] == ["pj_checking_account", "pj_credit_card", "pj_categorized_checking_l3"])
        #expect(session.sent[1].json["enquiryCnpj"] == .string(KlaviSession.cnpj))
        #expect(session.sent[1].json["enquiryCpf"] == nil)
    }

    @Test("A permission that was not ticked makes its product fail")
    func failsWithoutPermission() throws {
        var session = try KlaviSession()
        let link = try session.link()
        _ = try session.decide(link.token, permissions: ["REGISTRATION_ALL", "ACCOUNTS_ALL", "OTHER"])
        #expect(
            session.sentKinds == [
                "consent_authorised", "pf_checking_account", "pf_categorized_checking_l3",
                "product_generated_success", "product_generated_failed", "product_generated_success",
            ])
        #expect(session.sent[4].event["payload"]?["productName"] == "pf_credit_card")
        let permissions = session.sent[1].json["links"]?.elements?.first?["consents"]?.elements?.first?["permissions"]
        #expect(permissions?["ACCOUNTS_ALL"] == ["accountIds": [], "permissionsGranted": true])
        #expect(permissions?["CREDIT_CARDS_ALL"] == ["accountIds": [], "permissionsGranted": false])
    }

    @Test("A form that cannot be is refused and sends nothing")
    func refusesForms() throws {
        var session = try KlaviSession()
        let link = try session.link(["externalInfo": ["customization": ["institutions": ["001"]]]])
        #expect(try session.decide(link.token, "maybe", institution: "001").status == 400)
        #expect(try session.decide(link.token, institution: "033").status == 400)
        #expect(try session.decide(link.token, institution: "001", permissions: []).status == 400)
        let preset = try session.link(["institutionCode": "341"])
        #expect(try session.decide(preset.token, institution: "033", extra: "&taxId=12345678909").status == 400)
        #expect(try session.decide(preset.token, institution: "341", extra: "&taxId=1").status == 400)
        #expect(session.sent.isEmpty)
        #expect(try session.decide(preset.token, institution: nil, extra: "&taxId=12345678909").status == 200)
        #expect(session.sent[1].json["enquiryCpf"] == "12345678909")
    }

    @Test("The browser goes back with link_id and external_info after what the URL had")
    func redirects() throws {
        var session = try KlaviSession()
        let access = try session.logIn()
        let body = #"{"redirectURL":"https://a.example/b?x=1#top","externalInfo":{"z":"é&=+","a":1.50}}"#
        let reply = try session.call("POST", "/data/v1/links", text: body, token: access)
        let token = try #require(reply.json["linkToken"]?.string)
        let id = try #require(reply.json["linkId"]?.string)
        let done = try session.decide(token, extra: "&taxId=12345678909")
        #expect(done.status == 303)
        let info = "%7B%22z%22%3A%22%C3%A9%26%3D%2B%22%2C%22a%22%3A1.50%7D"
        #expect(done.location == "https://a.example/b?x=1&link_id=\(id)&external_info=\(info)#top")
    }

    @Test("Rejecting sends one event and comes back with error and error_description besides")
    func rejects() throws {
        var session = try KlaviSession()
        let link = try session.link(["personalTaxId": "12345678909", "redirectURL": "https://a.example/b"])
        let done = try session.decide(link.token, "reject", permissions: [])
        #expect(
            done.location == "https://a.example/b?link_id=\(link.id)&external_info=%7B%7D&error=access_denied"
                + "&error_description=The%20user%20rejected%20the%20consent")
        #expect(session.sentKinds == ["consent_rejected"])
        let all = try session.call("GET", "/data/v1/consents", token: try session.logIn()).json.elements
        #expect(all?.map { $0["status"] } == ["REJECTED"])
    }

    @Test("An app link is a link on a page, with the way back in the parameter the customer named")
    func linksToApp() throws {
        var session = try KlaviSession()
        let link = try session.link([
            "personalTaxId": "12345678909", "appLink": "myapp://klavi?a=1",
            "appRedirectURLKey": "back", "redirectURL": "https://a.example/b",
        ])
        let done = try session.decide(link.token)
        #expect(done.status == 200)
        #expect(
            done.text.contains(
                "href=\"myapp://klavi?a=1&amp;back=https%3A%2F%2Fa.example%2Fb%3Flink_id%3D"
                    + "\(link.id)%26external_info%3D%257B%257D\""))
        let bare = try session.link([
            "personalTaxId": "12345678909", "appLink": "https://app.example/", "appRedirectURLKey": "k",
        ])
        let text = try session.decide(bare.token).text
        #expect(text.contains("k=http%3A%2F%2F127.0.0.1%3A9900%2Fconecte%2Fdone%3Flink_id%3D\(bare.id)"))
        #expect(try session.call("GET", "/conecte/done").status == 200)
    }
}
