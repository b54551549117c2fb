/// Creates Certificall's certificates in the format of samples/certificall.
enum CertificallShapes {
    /// The templates of certificates with two to five photographs.
    static let certificates = (2...5).map { count in
        BodyTemplate(head + (1...count).map(item).joined(separator: ",") + "]}")
    }

    private static let head = #"""
        {"cfRef":"CAS-{{customer}}_CMP-1","companyName":"Société Exemple SAS","createdAt":"{{time}}+01:00",\#
        "closingDate":"{{time}}+01:00","reportId":"dossier-{{hex24}}","frame":"Inspection visuelle",\#
        "closed":true,"caseUrl":"https://admin.certificall.example/certificall/share/case/{{uuid}}","items":[
        """#

    private static func item(_ number: Int) -> String {
        #"""
        {"createdAt":"{{time}}+01:00","cfRef":"CAS-{{customer}}_CMP-1_ITM-\#(number)","description":"{{word}}",\#
        "geolocLatitude":"48.{{latitude}}","geolocLongitude":"2.{{latitude}}","data":null,\#
        "imageUrl":"https://images.certificall.example/{{digits4}}/CAS-{{customer}}_CMP-1_ITM-\#(number).jpg",\#
        "stepAction":"PHOTO","stepTitle":"{{word}}",\#
        "stepDescription":"Prenez une photo de l'équipement à inspecter","imageHash":"{{hex64}}",\#
        "tspTokenHash":"{{hex64}}"}
        """#
    }
}
