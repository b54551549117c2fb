/// Which part of a legacy list is asked for. The providers' pages name two ways to count; what is nil is not sent.
package struct CertnPaging: Sendable, Equatable {
    package var page: Int64?
    package var pageSize: Int64?
    package var ordering: String?
    package var search: String?
    package var offset: Int64?
    package var limit: Int64?
    package var team: String?
    package var owner: String?

    package init() {}

    func query() throws(ProviderCallFailure) -> [(String, String?)] {
        try InputCheck.range(page, 1...Int64.max, "page")
        try InputCheck.range(pageSize, 1...Int64.max, "page_size")
        try InputCheck.range(offset, 0...Int64.max, "offset")
        try InputCheck.range(limit, 1...Int64.max, "limit")
        return [
            ("page", page.map { "\($0)" }), ("page_size", pageSize.map { "\($0)" }), ("ordering", ordering),
            ("search", search), ("offset", offset.map { "\($0)" }), ("limit", limit.map { "\($0)" }), ("team", team),
            ("owner", owner),
        ]
    }
}
