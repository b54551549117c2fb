internal import Foundation

/// The query of `GET /cases` for the list of cases (PROVIDERS.md 4.2). Every case is closed; the filters by report,
/// company, frame and number are not read.
struct CertificallSearch {
    private let hours: Int
    private let showsReportToken: Bool
    private let closed: Bool?

    init(_ request: APIRequest) throws(CertificallRefusal) {
        guard request.queryValue("format") == "metadata" else {
            throw CertificallRefusal(400, "format must be metadata")
        }
        hours = try Self.hours(in: request) ?? 12
        guard hours >= 1 else { throw CertificallRefusal(400, "hours must not be less than 1") }
        guard hours <= 240 else { throw CertificallRefusal(400, "hours must not be greater than 240") }
        showsReportToken = try Self.flag("withReportToken", in: request) ?? false
        closed = try Self.flag("closed", in: request)
    }

    func includes(_ content: CertificallCase, now: Date) -> Bool {
        content.createdAt >= now.addingTimeInterval(Double(hours) * -3600) && closed != false
    }

    /// An entry of the list; the reportToken is in it only where the call asked for it.
    func metadata(of content: CertificallCase, baseURL: String) -> JSON {
        let entry: JSON = [
            "cfRef": .string(content.cfRef), "closingDate": .string(CertificallTime.zulu(content.closingDate)),
            "createdAt": .string(CertificallTime.zulu(content.createdAt)), "closed": true,
            "frameName": .string(content.frame.name), "companyName": .string(CertificallCompany.name),
        ]
        let shown = showsReportToken ? entry.setting("reportToken", .string(content.reportToken)) : entry
        return shown.setting("url", .string(content.url(baseURL: baseURL)))
    }

    private static func hours(in request: APIRequest) throws(CertificallRefusal) -> Int? {
        guard let text = request.queryValue("hours") else { return nil }
        guard let number = Int(text) else { throw CertificallRefusal(400, "hours must be an integer number") }
        return number
    }

    private static func flag(_ name: String, in request: APIRequest) throws(CertificallRefusal) -> Bool? {
        guard let text = request.queryValue(name) else { return nil }
        guard let flag = Bool(text) else { throw CertificallRefusal(400, "\(name) must be true or false") }
        return flag
    }
}
