internal import Foundation

/// One page of a list, as the legacy API cuts it: `page` from 1, `page_size` up to 100.
struct CertnPage: Sendable, Equatable {
    static let usualSize = 25
    static let sizeLimit = 100

    let number: Int
    let size: Int

    /// Nil where `page` is no number from 1. A `page_size` that makes no sense is passed over.
    init?(_ request: APIRequest) {
        let number = request.queryValue("page").map { Int($0) ?? 0 } ?? 1
        guard number >= 1 else { return nil }
        let asked = request.queryValue("page_size").flatMap { Int($0) } ?? Self.usualSize
        self.number = number
        self.size = asked >= 1 ? min(asked, Self.sizeLimit) : Self.usualSize
    }

    /// `{count, next, previous, results}`; nil where the list has no such page. The first page is always there.
    func json<Element>(
        of elements: [Element], _ request: APIRequest, baseURL: String, render: (Element) -> JSON
    ) -> JSON? {
        let pageCount = max(1, (elements.count + size - 1) / size)
        guard number <= pageCount else { return nil }
        let shown = elements.dropFirst((number - 1) * size).prefix(size)
        return [
            "count": .integer(elements.count),
            "next": number < pageCount ? .string(url(of: number + 1, request, baseURL)) : nil,
            "previous": number > 1 ? .string(url(of: number - 1, request, baseURL)) : nil,
            "results": .array(shown.map(render)),
        ]
    }

    private func url(of page: Int, _ request: APIRequest, _ baseURL: String) -> String {
        let others = request.query.filter { $0.name != "page" }
        let items = (others.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }) + ["page=\(page)"]
        let path = request.path.map(Self.encoded).joined(separator: "/")
        return "\(baseURL)/\(path)/?\(items.joined(separator: "&"))"
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
