/// Which cases are listed; what is nil or empty does not narrow the list (PROVIDERS.md 2B.2).
package struct CentricCaseQuery: Sendable, Equatable {
    package var checkTypes: [String] = []
    package var emailAddress: String?
    package var groups: [String] = []
    /// Days or moments as ISO 8601 writes them.
    package var orderedAfter: String?
    package var orderedBefore: String?
    package var orderedBy: [String] = []
    package var overallStatuses: [String] = []
    package var tag: String?
    package var page: Int64?
    package var pageSize: Int64?

    package init() {}

    func query() throws(ProviderCallFailure) -> [(String, String?)] {
        try InputCheck.range(page, 1...Int64.max, "page")
        try InputCheck.range(pageSize, 1...Int64.max, "page_size")
        var items: [(String, String?)] = checkTypes.map { ("check_type", $0) }
        items.append(("email_address", emailAddress))
        items += groups.map { ("group", $0) }
        items.append(("order_timeframe_after", orderedAfter))
        items.append(("order_timeframe_before", orderedBefore))
        items += orderedBy.map { ("ordered_by", $0) }
        items += overallStatuses.map { ("overall_status", $0) }
        items.append(("tag", tag))
        items.append(("page", page.map { "\($0)" }))
        items.append(("page_size", pageSize.map { "\($0)" }))
        return items
    }
}
