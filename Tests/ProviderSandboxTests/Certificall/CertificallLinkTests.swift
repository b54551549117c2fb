import Foundation
import Testing

@testable import ProviderSandbox

@Suite struct CertificallLinkTests {
    private static let complete: JSON = [
        "reportToken": "my-case", "frameId": 1, "expirationDate": "2026-12-31T23:59:59.000+0100", "maxUses": 5,
        "companyId": 123,
        "context": [
            "visibleData": [
                "beneficiary": [
                    "lastName": "Souza", "firstName": "Ana", "address": "1 Rue", "city": "Paris", "postCode": "75001",
                    "email": "ana.souza@example.com",
                ],
                "issuer": "Example", "photoRef": "p-1", "reportRef": "r-1", "instructions": "Note the <number>",
                "user": "Ana Souza",
            ],
            "metadata": ["source": "web-portal", "version": "1.0"],
        ],
    ]

    @Test("create answers with the address of a page", arguments: ["", "/certificall/api"])
    func creates(_ base: String) throws {
        let desk = CertificallDesk.loggedIn()
        let complete = desk.json("POST", base + "/certilink/create", Self.complete)
        #expect(complete.status == 201)
        #expect(complete.json?.members?.count == 1)
        let url = try #require(complete.json?["url"]?.string)
        #expect(url.wholeMatch(of: /http:\/\/127\.0\.0\.1:9900\/certificall\/app\?mt=[0-9a-f\-]{36}/) != nil)
        let simple = desk.json("POST", base + "/certilink/create", ["reportToken": "my-case", "frameId": 2])
        #expect(simple.status == 201)
        #expect(simple.json?["url"]?.string != url)
    }

    @Test(
        "fields of the wrong kind are refused",
        arguments: [
            ("reportToken", nil, "reportToken must be a string that is not empty"),
            ("reportToken", "", "reportToken must be a string that is not empty"),
            ("reportToken", 5, "reportToken must be a string"), ("frameId", nil, "frameId must be an integer number"),
            ("frameId", "1", "frameId must be an integer number"),
            ("frameId", 3, "frameId is not a frame of your company"),
            ("expirationDate", 1, "expirationDate must be a string"),
            ("expirationDate", "2026-11-21T11:00:00.000+0100", "expirationDate must not be in the past"),
            ("expirationDate", "2025-12-31T23:59:59.000+0100", "expirationDate must not be in the past"),
            ("maxUses", 0, "maxUses must not be less than 1"), ("maxUses", -1, "maxUses must not be less than 1"),
            ("maxUses", .number("1.5"), "maxUses must be an integer number"),
            ("maxUses", "5", "maxUses must be an integer number"),
            ("companyId", "x", "companyId must be an integer number"),
            ("companyId", 5, "companyId is not your company"), ("context", "x", "context must be an object"),
            ("context", ["visibleData": 1], "context.visibleData must be an object"),
            ("context", ["visibleData": ["issuer": 1]], "context.visibleData.issuer must be a string"),
            ("context", ["visibleData": ["photoRef": 1]], "context.visibleData.photoRef must be a string"),
            ("context", ["visibleData": ["reportRef": 1]], "context.visibleData.reportRef must be a string"),
            ("context", ["visibleData": ["instructions": 1]], "context.visibleData.instructions must be a string"),
            ("context", ["visibleData": ["user": 1]], "context.visibleData.user must be a string"),
            ("context", ["visibleData": ["beneficiary": 1]], "context.visibleData.beneficiary must be an object"),
            (
                "context", ["visibleData": ["beneficiary": ["city": 1]]],
                "context.visibleData.beneficiary.city must be a string"
            ),
            ("context", ["metadata": []], "context.metadata must be an object"),
            ("context", ["metadata": ["version": 1]], "context.metadata.version must be a string"),
        ] as [(String, JSON, String)])
    func kinds(_ name: String, _ value: JSON, _ message: String) {
        let desk = CertificallDesk.loggedIn()
        let body = Self.complete.setting(name, value)
        #expect(desk.message(400, desk.json("POST", "/certilink/create", body)) == message)
        #expect(desk.json("POST", "/certilink/create", Self.complete).status == 201)
    }

    @Test(
        "an expiration date has the one documented format",
        arguments: [
            "2026-12-31T23:59:59.000+01:00", "2026-12-31T23:59:59.000Z", "2026-12-31T23:59:59+0100", "2026-12-31",
            "2026-13-31T23:59:59.000+0100", "2026-02-29T23:59:59.000+0100", "2100-02-29T00:00:00.000+0000",
            "2026-12-31T24:00:00.000+0100", "2026-12-31T23:60:59.000+0100", "2026-12-31T23:59:60.000+0100",
            "2026-12-31T23:59:59.000+1500", "2026-12-31T23:59:59.000+0160", "2026-12-00T23:59:59.000+0100",
            "2026-12-31 23:59:59.000+0100", "2026-12-31T23:59:59.000 0100", " 2026-12-31T23:59:59.000+010", "",
        ])
    func refusesDates(_ text: String) {
        let desk = CertificallDesk.loggedIn()
        let body = Self.complete.setting("expirationDate", .string(text))
        #expect(
            desk.message(400, desk.json("POST", "/certilink/create", body))
                == "expirationDate must have the format yyyy-mm-ddThh:mm:ss.sss+hhmm")
    }

    @Test(
        "an expiration date is read with its offset",
        arguments: [
            ("2026-12-31T23:59:59.000+0100", "2026-12-31T22:59:59Z"),
            ("2026-12-31T23:59:59.999-0330", "2027-01-01T03:29:59Z"),
            ("2028-02-29T00:00:00.000+0000", "2028-02-29T00:00:00Z"),
            ("2400-02-29T12:00:00.000+1400", "2400-02-28T22:00:00Z"),
            ("2101-03-01T00:00:00.000-0000", "2101-03-01T00:00:00Z"),
        ])
    func readsDates(_ text: String, _ listed: String) {
        let desk = CertificallDesk.loggedIn()
        _ = desk.link(["expirationDate": .string(text)])
        let list = desk.json("POST", "/certilink/findCompanyMagicLinks", [:]).json
        #expect(list?.elements?.first?["expirationDate"]?.string == listed)
    }

    @Test("a body that is no object is refused")
    func bodies() {
        let desk = CertificallDesk.loggedIn()
        for path in ["/certilink/create", "/certilink/findCompanyMagicLinks"] {
            #expect(desk.message(400, desk.json("POST", path, [])) == "the body must be an object")
            #expect(desk.message(400, desk.json("POST", path)) == "the body must be an object")
        }
        #expect(desk.message(400, desk.json("POST", "/certilink/bulk-create", [:])) == "the body must be an array")
    }

    @Test("bulk-create makes what it can and names what it cannot")
    func bulk() throws {
        let desk = CertificallDesk.loggedIn()
        let reply = try #require(
            desk.call(
                "POST", "/certilink/bulk-create",
                ([Self.complete, ["reportToken": "bad", "frameId": 9], 5, ["reportToken": "case-003", "frameId": 2]]
                    as JSON)
                    .bytes))
        #expect(reply.status == 201)
        #expect(
            reply.bodyText.hasPrefix(
                #"{"state":"Certilink bulk creation ended","date":"2026-11-21T11:00:00.000+0100","#
                    + #""company":123,"success":["#
            ))
        let successes = try #require(reply.bodyJSON?["success"]?.elements)
        #expect(successes.map { $0["reportToken"]?.string } == ["my-case", "case-003"])
        for success in successes {
            let url = success["url"]?.string ?? ""
            #expect(desk.call("GET", String(url.dropFirst(CertificallDesk.baseURL.count)))?.status == 200)
        }
        #expect(
            reply.bodyText.hasSuffix(
                #""error":[{"reportToken":"bad","message":"frameId is not a frame of your company"},"#
                    + #"{"reportToken":null,"message":"each entry must be an object"}]}"#))
        let none = desk.json("POST", "/certilink/bulk-create", []).json
        #expect(none?["success"] == [] && none?["error"] == [])
    }
}
