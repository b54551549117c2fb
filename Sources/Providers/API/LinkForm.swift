package import Deliveries
package import StrictJSON

/// An order at an API that results in reports: a `links create` command.
///
/// A form is a type, because swift-argument-parser finds flags by type.
package protocol LinkForm: FieldSet {
    static var api: APIDescription { get }
    /// The word after `links create` that selects this form.
    static var name: String { get }
    /// The first sentence of the help. The discussion has the rest, with examples.
    static var abstract: String { get }
    static var discussion: String { get }

    /// Plans the order. Returns a call if the plan first needs data from the provider. Throws `badInput`.
    static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan>
}

/// A form that can send many orders in one request.
package protocol BulkLinkForm: LinkForm {
    /// The maximum number of orders in one request.
    static var batchCount: Int { get }

    /// The problem of an order in a file, to be appended to "line 2 of the file"; nil if there is none.
    static func problem(withOrder values: FieldValues) -> String?

    /// Plans orders that are sent with a single call, so the plans have no calls of their own. The outcomes of the call
    /// are in the order of the plans.
    static func plan(
        _ orders: [FieldValues], for account: APIAccount
    ) throws -> (plans: [LinkPlan], call: ProviderCall<[BulkOutcome]>)

    /// The field that identifies an order. The value of this field is unique in a batch, and is generated if it is not
    /// set.
    static var identifier: String { get }
}

/// The result of one order in a batch.
package enum BulkOutcome: Sendable {
    case created(CreatedLink)
    case failed(String)
    /// The response does not mention the order, so the provider may have created the link.
    case unknown
}

/// A change of a link: the `links update` command.
package protocol LinkUpdate: FieldSet {
    /// The key of the link that the call requires.
    static var key: String { get }

    /// The call that changes the link. The result is the link's new expiry; nil if the expiry did not change. Throws
    /// `badInput`.
    static func call(_ key: String, _ values: FieldValues, for account: APIAccount) throws -> ProviderCall<Timestamp?>
}

package struct LinkContext: Sendable {
    /// True if the request is only shown, not sent.
    package let isDryRun: Bool
    /// The source that receives the reports; nil if its public URL is unknown.
    package let receiver: Receiver?
    /// A random identifier.
    package let identifier: String

    /// A source and its public URL.
    package struct Receiver: Sendable {
        package let url: String
        /// The URLs by type, `other` or `all`, for providers that accept one URL per route.
        package let routes: [ReportField]

        package init(url: String, routes: [ReportField]) {
            self.url = url
            self.routes = routes
        }
    }

    package init(isDryRun: Bool = false, receiver: Receiver? = nil, identifier: String = "") {
        self.isDryRun = isDryRun
        self.receiver = receiver
        self.identifier = identifier
    }
}

/// An order: the data to record before the order is sent, and the call that sends it.
package struct LinkPlan: Sendable {
    /// The call that sends the order; nil in a batch.
    package var call: ProviderCall<CreatedLink>?
    /// The path between the account's base URL and the endpoints. The record of the order contains the URL and this
    /// path.
    package var apiPath = ""
    /// The fields that identify reports of the link.
    package var keys: [ReportField] = []
    /// The expected reports, in the form of `--expect`.
    package var expectations: [String] = []
    /// The external info, as the JSON text of an object.
    package var externalInfo: String?
    package var expiresAt: Timestamp?
}

/// The identifiers of a link that the provider created.
package struct CreatedLink: Sendable {
    package var keys: [ReportField] = []
    package var expiresAt: Timestamp?
    /// The members that are printed once and not recorded, such as the URL for the user to open.
    package var shown: [JSONText.Member] = []
}
