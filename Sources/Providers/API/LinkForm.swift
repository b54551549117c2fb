package import Deliveries
package import StrictJSON

/// An order at an API that leads to reports: a `links create` command.
///
/// A form is a type, because swift-argument-parser finds flags by type.
package protocol LinkForm: FieldSet {
    static var api: APIDescription { get }
    /// The word after `links create`.
    static var name: String { get }
    /// The first sentence of the help; the discussion contains the rest, with examples.
    static var abstract: String { get }
    static var discussion: String { get }

    /// Plans the order. If the step is a call, it first requests data that the order needs. Throws `badInput`.
    static func plan(
        _ values: FieldValues, for account: APIAccount, in context: LinkContext
    ) throws -> ProviderStep<LinkPlan>
}

/// A form that can send many orders in one request.
package protocol BulkLinkForm: LinkForm {
    /// The maximum number of orders in one request.
    static var batchCount: Int { get }

    /// The problem of an order in a file, which follows "line 2 of the file" in a sentence; nil if there is none.
    static func problem(withOrder values: FieldValues) -> String?

    /// The plans of orders, which have no calls, and one call for all of them. Its outcomes are in the order of the
    /// plans.
    static func plan(
        _ orders: [FieldValues], for account: APIAccount
    ) throws -> (plans: [LinkPlan], call: ProviderCall<[BulkOutcome]>)

    /// The field that identifies an order. It is unique in a batch, and generated if it is not set.
    static var identifier: String { get }
}

/// The result for one order of many.
package enum BulkOutcome: Sendable {
    case created(CreatedLink)
    case failed(String)
    /// The response does not mention the order, so the link may have been created.
    case unknown
}

/// A change of a link: the `links update` command.
package protocol LinkUpdate: FieldSet {
    /// The key of the link that the call needs.
    static var key: String { get }

    /// The call that changes the link. Its value is the link's new expiry, if there is one. Throws `badInput`.
    static func call(_ key: String, _ values: FieldValues, for account: APIAccount) throws -> ProviderCall<Timestamp?>
}

package struct LinkContext: Sendable {
    /// True if the request is shown and not sent.
    package let isDryRun: Bool
    /// The source that receives the reports, if its public URL is known.
    package let receiver: Receiver?
    /// A random identifier.
    package let identifier: String

    /// A source and its public URL.
    package struct Receiver: Sendable {
        package let url: String
        /// The URLs by type, `other` or `all`, if the provider accepts a URL for each route.
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

/// An order: the data recorded before it is sent, and the call that sends it.
package struct LinkPlan: Sendable {
    /// The call that sends the order; nil in a batch.
    package var call: ProviderCall<CreatedLink>?
    /// The path that follows the API's base URL in the record.
    package var apiPath = ""
    /// The fields that reports about the link have.
    package var keys: [ReportField] = []
    /// Expected reports, in the form of `--expect`.
    package var expectations: [String] = []
    /// The external info, as the JSON text of an object.
    package var externalInfo: String?
    package var expiresAt: Timestamp?
}

/// The identifiers of a link that the provider created.
package struct CreatedLink: Sendable {
    package var keys: [ReportField] = []
    package var expiresAt: Timestamp?
    /// The members that are printed once and not recorded, such as the URL that the user opens.
    package var shown: [JSONText.Member] = []
}
