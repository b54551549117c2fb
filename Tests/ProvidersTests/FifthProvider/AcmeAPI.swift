import Deliveries
import StrictJSON

@testable import Providers

/// Acme's API with one order and one list. A new provider needs no more than this for `links create` and `links fetch`.
enum AcmeAPI {
    static let description = APIDescription(
        name: "acme", provider: "acme", defaultURL: "https://api.acme.test", credentials: ["api-key"],
        rejection: { response in
            guard !response.isSuccess else { return nil }
            return ProviderRejection(
                response, words: RejectionWords(response, firstOf: ["error"]), advice: nil, credentials: "the API key")
        }, links: [AcmeShipmentForm.self], lookups: [AcmeDepots.self])
}

enum AcmeShipmentForm: LinkForm {
    static let api = AcmeAPI.description
    static let name = "acme"
    static let abstract = "Order a shipment."
    static let discussion = ""
    static let fields = [
        Field("recipient", path: "recipient", isRequired: true, check: Field.email, "The recipient's e-mail address."),
        Field("parcel", path: "parcels", isRepeated: true, "A parcel."),
        Field("express", .flag, path: "express", "Send it today."),
    ]

    static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan> {
        let request = account.request(
            "POST", "/shipments", json: try JSONBody(fields, values).json,
            headers: [HeaderField("X-Api-Key", account.text("api-key"))])
        let call = ProviderCall(json: request) { CreatedLink(keys: [ReportField("shipmentId", try $0.text("id"))]) }
        return .done(LinkPlan(call: call, expectations: ["order.shipped"]))
    }
}

enum AcmeDepots: Lookup {
    static let api = AcmeAPI.description
    static let name = "acme-depots"
    static let abstract = "List depots."
    static let discussion = ""
    static let fields: [Field] = []

    static func call(_ subject: String, _ values: FieldValues, for account: APIAccount) throws -> ProviderCall<Finding>
    {
        ProviderCall(json: account.request("GET", "/depots")) { .list(try $0.elements(), [("DEPOT", "id")]) }
    }
}
