internal import Foundation

/// The query of `GET /cases` (PROVIDERS.md 4.2). `nieCode` of the older page is not read.
struct CertificallSearch {
    enum Format: String {
        case zip = "ZIP"
        case metadata
    }

    /// Cases in one archive, the newest.
    static let archiveLimit = 1000

    let format: Format
    private let reportToken: String?
    private let companyID: Int?
    private let frameID: Int?
    private let hours: Int
    private let showsReportToken: Bool
    private let closed: Bool?
    private let caseID: Int?

    init(_ request: APIRequest) throws(CertificallRefusal) {
        guard let format = request.queryValue("format").flatMap(Format.init(rawValue:)) else {
            throw CertificallRefusal(400, "format must be one of ZIP, metadata")
        }
        self.format = format
        reportToken = request.queryValue("reportToken")
        companyID = try Self.whole("companyId", in: request)
        frameID = try Self.whole("frameId", in: request)
        hours = try Self.whole("hours", in: request) ?? 12
        guard hours >= 1 else { throw CertificallRefusal(400, "hours must not be less than 1") }
        guard hours <= 240 else { throw CertificallRefusal(400, "hours must not be greater than 240") }
        showsReportToken = try Self.flag("withReportToken", in: request) ?? false
        closed = try Self.flag("closed", in: request)
        caseID = try Self.whole("caseId", in: request)
    }

    func includes(_ content: CertificallCase, now: Date) -> Bool {
        content.createdAt >= now.addingTimeInterval(Double(hours) * -3600)
            && (reportToken == nil || reportToken == content.reportToken)
            && (companyID == nil || companyID == CertificallCompany.id)
            && (frameID == nil || frameID == content.frame.id)
            && (closed == nil || closed == (content.closingDate != nil))
            && (caseID == nil || caseID == content.number)
    }

    /// An entry of the list; the reportToken is in it only where the call asked for it.
    func metadata(of content: CertificallCase, baseURL: String) -> JSON {
        let entry: JSON = [
            "cfRef": .string(content.cfRef), "closingDate": .optional(content.closingDate.map(CertificallTime.zulu)),
            "createdAt": .string(CertificallTime.zulu(content.createdAt)), "closed": .bool(content.closingDate != nil),
            "frameName": .string(content.frame.name), "companyName": .string(CertificallCompany.name),
        ]
        let shown = showsReportToken ? entry.setting("reportToken", .optional(content.reportToken)) : entry
        return shown.setting("url", .string(content.url(baseURL: baseURL)))
    }

    private static func whole(_ name: String, in request: APIRequest) throws(CertificallRefusal) -> Int? {
        guard let text = request.queryValue(name) else { return nil }
        guard let number = Int(text) else { throw CertificallRefusal(400, "\(name) must be an integer number") }
        return number
    }

    private static func flag(_ name: String, in request: APIRequest) throws(CertificallRefusal) -> Bool? {
        guard let text = request.queryValue(name) else { return nil }
        guard let flag = Bool(text) else { throw CertificallRefusal(400, "\(name) must be true or false") }
        return flag
    }
}
