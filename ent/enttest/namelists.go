package enttest

// The lists are in about the order of frequency; every combination drawn from them is invented. They hold no character
// outside ISO-8859-15, which older feeds use.

const familyNames = `MARTIN,BERNARD,DUBOIS,THOMAS,ROBERT,RICHARD,PETIT,DURAND,LEROY,MOREAU,SIMON,LAURENT,LEFEBVRE,MICHEL,
GARCIA,DAVID,BERTRAND,ROUX,VINCENT,FOURNIER,MOREL,GIRARD,ANDRÉ,LEFÈVRE,MERCIER,DUPONT,LAMBERT,BONNET,FRANÇOIS,MARTINEZ,
LEGRAND,GARNIER,FAURE,ROUSSEAU,BLANC,GUÉRIN,MULLER,HENRY,ROUSSEL,NICOLAS,PERRIN,MORIN,MATHIEU,CLÉMENT,GAUTHIER,DUMONT,
LOPEZ,FONTAINE,CHEVALIER,ROBIN,MASSON,SANCHEZ,GÉRARD,NGUYEN,BOYER,DENIS,LEMAIRE,DUVAL,JOLY,GAUTIER,ROGER,ROCHE,ROY,NOËL,
MEYER,LUCAS,MEUNIER,JEAN,PEREZ,MARCHAND,DUFOUR,BLANCHARD,MARIE,BARBIER,BRUN,DUMAS,BRUNET,SCHMITT,LEROUX,COLAS,FERNANDEZ,
PIERRE,RENARD,ARNAUD,ROLLAND,CARON,AUBERT,GIRAUD,LECLERC,VIDAL,BOURGEOIS,RENAUD,LEMOINE,PICARD,GAILLARD,PHILIPPE,LECLERCQ,
LACROIX,FABRE,DUPUIS,OLIVIER,RODRIGUEZ,DA SILVA,HUBERT,LOUIS,CHARLES,GUILLOT,RIVIÈRE,LE GALL,GUILLAUME,ADAM,REY,MOULIN,
GONZALEZ,BERGER,LECOMTE,MENARD,FLEURY,DESCHAMPS,CARPENTIER,JULIEN,BENOÎT,PARIS,MAILLARD,MARCHAL,AUBRY,VASSEUR,LE ROUX,
RENAULT,COLLET,JACQUET,PRÉVOST,POIRIER,CHARPENTIER,ROYER,HUET,BARON,DUPUY,PONS,PAUL,LAINÉ,CARRÉ,BRETON,RÉMY,SCHNEIDER,
PEREIRA,ÉTIENNE,BAILLY,WEBER,FERREIRA,POULAIN,DA COSTA,HERVÉ,GUYOT,LE GOFF,BOUCHER,GERMAIN,BOUVIER,COUSIN,LEBLANC,PERROT,
MALLET,FERNANDES,DIDIER,GAY,MILLET,ALLARD,MARTY,LÉGER,BARRE,RÉGNIER,WALTER,CHARTIER,DEVAUX,LEBRUN,TESSIER,BESSON,DELMAS,
LE CORRE,GRONDIN,HOARAU,PAYET,BOUTIN,MARÉCHAL,MONNIER,PELLETIER,HAMON,ROSSI,JACOB,BOULANGER,OUVRARD,KLEIN,GOMEZ,TRAORÉ,
DIALLO,BA,NDIAYE,COULIBALY,KONÉ,CAMARA,BENALI,BEN SALAH,BEN AMOR,EL AMRANI,EL IDRISSI,BELKACEM,HADDAD,MANSOURI,SAÏDI,
BOUAZIZ,CHERIF,KHELIFI,HAMIDI,ZERROUKI,YILMAZ,KAYA,DEMIR,ÖZTÜRK,TRAN,LE VAN,PHAM,N'GUYEN,HUYNH,VU,CHEN,WANG,LI,KIM,SINGH,
KUMAR,SILVA,DOS SANTOS,OLIVEIRA,ALVES,GOMES,RIBEIRO,CARVALHO,NUNES,D'ALMEIDA,D'ANGELO,DELL'ACQUA,DI MARCO,RUSSO,ESPOSITO,
BIANCHI,COLOMBO,FERRARI,KOWALSKI,NOWAK,WISNIEWSKI,LEWANDOWSKI,PETROV,IVANOV,POPESCU,IONESCU,O'BRIEN,MAC LEOD,SMITH,
SCHMIDT,FISCHER,ZIMMERMANN,HOFFMANN,KRÜGER,VAN DEN BERG,VANDENBERGHE,VERMEERSCH,DE SMET,D'HONDT,DE LA TOUR,DE LA FONTAINE,
DU BOIS,DES ROCHES,DE CASTRO,DE SOUSA,LE BRAS,LE BIHAN,LE GUEN,KERVELLA,QUÉMÉNEUR,GUÉGUEN,TANGUY,RIOU,CADIOU,ABGRALL,
ETCHEBERRY,ETCHEVERRY,IRIGOYEN,HARISPE,BIDEGAIN,LARRALDE,CASANOVA,LUCIANI,SANTONI,ALBERTINI,FERRANDI,MATTEI,ŒUVRARD,
LŒILLET,CŒURDEROY,BŒUF,L'HERMITE,L'HOSTIS,L'ÉPINE,D'ARCY,D'ORNANO,D'HAUTEVILLE,HÉBERT,GODARD,BÉGUIN,CRÉPIN,FRÉMONT,
GRÉGOIRE,HÉLIE,JOÜON,LAËNNEC,MAÎTRE,NAËGELEN,PÂRIS,QUÉRÉ,RAŸNAL,SAINT-PAUL,SAINT-MARTIN,TRÉHET,ULRICH,VALÉRY,WAGNER,
XAVIER,YVON,ZIEGLER,LEFÈVRE-DUPONT,MARTIN-ROUX,BLANC-GARNIER,PETIT-JEAN,GRAND-CLÉMENT,BEAU-REPAIRE,HAUTBOIS,VILLENEUVE,
CHÂTEAU,DUCHÊNE,DELACROIX,DELAUNAY,DELORME,DESPRÈS,DUTERTRE,FAUCHEUX,GÂTINEAU,HOUDAYER,JAMET,LANGLOIS,LEMÉE,MAHÉ,NÉDÉLEC,
ORAIN,PAUGAM,QUINTIN,RABILLER,SALAÜN,THÉBAULT,URVOY,VAILLANT,BEAUCHAMP,BELLANGER,BERTHELOT,BOISSEAU,BOUCHARD,BRÉMOND,
BUISSON,CARLIER,CHAUVEAU,CLERC,CORDIER,COSTE,COURTOIS,DAUMAS,DEVILLERS,DORÉ,DROUET,FAVRE,FERRAND,FOUCHER,GALLET,GILBERT,
GRANGER,GUICHARD,HARDY,IMBERT,JACQUES,LABBÉ,LAGARDE,LEJEUNE,LELIÈVRE,LOISEAU,MAURY,MICHAUD,NAVARRO,PASCAL,PÉRON,POTIER,
RAYNAUD,SAUVAGE,SELLIER,TOUSSAINT,VALENTIN,VALLET,VERDIER,VOISIN`

const girlNames = `Emma,Jade,Louise,Alice,Chloé,Lina,Léa,Mila,Rose,Anna,Inès,Ambre,Julia,Mia,Léna,Manon,Juliette,Lou,Zoé,Camille,
Agathe,Romane,Nina,Jeanne,Éva,Inaya,Sarah,Lola,Nour,Victoire,Charlotte,Romy,Sofia,Lucie,Léonie,Iris,Margaux,Alba,Olivia,Mya,
Adèle,Clémence,Louna,Victoria,Anaïs,Elena,Aya,Capucine,Lana,Apolline,Maëlys,Élise,Maria,Assia,Clara,Giulia,Joy,Valentine,Yasmine,
Gabrielle,Lise,Ella,Margot,Alix,Thaïs,Maya,Noémie,Lyna,Lily,Héloïse,Charlie,Salomé,Aliya,Eléna,Célia,Maryam,Mathilde,Constance,
Élisa,Soline,Emy,Théa,Sara,Diane,Livia,Roxane,Amira,Marie,Lilou,Éléonore,Axelle,Arya,Faustine,Elif,Zeynep,Aïcha,Fatou,Aminata,
Khadija,Imane,Safiya,Malak,Minh-Anh,Linh,Mei,Oriane,Ève-Marie,Anne-Sophie,Lou-Ann,Lily-Rose,Marie-Lou,Maëlle,Gwenaëlle,Nolwenn,
Enora,Loane,Maïwenn,Aïnhoa,Maialen,Lucia,Lætitia,Ondine,Joséphine,Albane,Garance,Solène,Philippine,Eugénie,Daphné,Angélique,
Bérénice,Flavie,Tess,Kenza,Lila,Myriam,Ghislaine,Nélia,Océane,Pénélope,Raphaëlle,Suzanne,Tiphaine,Ysé,Zélie`

const boyNames = `Gabriel,Léo,Raphaël,Louis,Arthur,Jules,Adam,Maël,Lucas,Hugo,Noah,Liam,Gabin,Sacha,Paul,Nathan,Aaron,Mohamed,Ethan,Tom,
Éden,Léon,Noé,Tiago,Théo,Isaac,Marius,Victor,Ayden,Martin,Naël,Mathis,Axel,Robin,Timéo,Enzo,Marceau,Valentin,Nino,Eliott,Nolan,
Malo,Milo,Antoine,Samuel,Augustin,Amir,Lyam,Rayan,Yanis,Ibrahim,Gaspard,Sohan,Clément,Mathéo,Simon,Baptiste,Maxence,Imran,Kaïs,
Côme,Soan,Evan,Maxime,Camille,Alexandre,Owen,Ismaël,Lenny,Pablo,Naïm,Léandre,Joseph,Oscar,Charly,Ilyan,Ali,Noam,Thomas,Benjamin,
Zayn,Youssef,Ilyes,Auguste,Alessio,Basile,Émile,Youcef,Lorenzo,Logan,Ezio,Joachim,Kylian,Ousmane,Mamadou,Moussa,Idriss,Souleymane,
Emre,Yusuf,Minh,Duc,Wei,Arjun,Noël,Loïc,Gaël,Titouan,Ewen,Yann,Erwan,Briac,Malo-Corentin,Iker,Peïo,Ange-Mathieu,Don-Jacques,
Jean-Baptiste,Pierre-Louis,Paul-Émile,Jean,François,Barthélemy,Célestin,Félix,Grégoire,Guérin,Hippolyte,Jérémie,Kévin,Lazare,
Maëlan,Néo,Octave,Philéas,Quentin,Rémi,Stanislas,Tristan,Ulysse,Virgile,William,Xavier,Yaël,Zacharie,Aurèle,Cyriaque,Thaddée`

const womanNames = `Aurélie,Céline,Émilie,Julie,Sophie,Élodie,Virginie,Stéphanie,Laetitia,Sandrine,Delphine,Audrey,Caroline,Marie,Amélie,
Nathalie,Vanessa,Claire,Marion,Mélanie,Laure,Karine,Séverine,Laura,Sabrina,Anne-Laure,Christelle,Valérie,Isabelle,Hélène,Jessica,
Cécile,Cindy,Fanny,Pauline,Jennifer,Marine,Angélique,Mathilde,Sarah,Charlotte,Emmanuelle,Magali,Sonia,Nadia,Samira,Fatima,Leïla,
Karima,Malika,Rachida,Naïma,Khadija,Aïssatou,Mariam,Fatoumata,Aminata,Elif,Ayse,Thi Mai,Lan,Mei,Anabela,Maria,Carla,Giulia,Monika,
Agnieszka,Elena,Irina,Oana,Priya,Solange,Ève,Alexandra,Gaëlle,Gwenaëlle,Solenn,Maïté,Nolwenn,Anne-Sophie,Marie-Laure,
Marie-Christine,Anaïs,Bénédicte,Blandine,Clémence,Constance,Diane,Estelle,Florence,Géraldine,Hortense,Ingrid,Joëlle,Katia,Lydie,
Maëva,Noëlle,Ophélie,Perrine,Raphaëlle,Sylvie,Tatiana,Ursula,Véronique,Wendy,Yasmina,Zohra,Edwige,Maud,Barbara,Ghislaine`

const manNames = `Nicolas,Julien,Sébastien,David,Christophe,Guillaume,Jérôme,Frédéric,Cédric,Mickaël,Thomas,Olivier,Romain,Stéphane,
Alexandre,Vincent,Matthieu,Laurent,Benjamin,Arnaud,Anthony,Damien,Ludovic,Jean-Philippe,Grégory,Fabien,Franck,Yannick,Pierre,
Jonathan,Antoine,Xavier,Maxime,François,Florian,Kévin,Mohamed,Karim,Rachid,Ahmed,Farid,Mourad,Samir,Youssef,Abdelkader,Mamadou,
Ibrahima,Moussa,Ousmane,Cheikh,Mehmet,Mustafa,Van Duc,Minh,Wei,José,Paulo,Miguel,Antonio,Marco,Giuseppe,Piotr,Tomasz,Ivan,Ion,
Rajesh,Sean,Patrick,Philippe,Éric,Thierry,Bruno,Pascal,Gilles,Didier,Yann,Erwan,Loïc,Gaël,Ronan,Tanguy,Mikel,Xabi,Ange,Dominique,
Jean-Baptiste,Jean-Marc,Jean-François,Pierre-Yves,Marc-Antoine,Aurélien,Bastien,Cyril,Denis,Emmanuel,Fabrice,Gauthier,Hervé,Joël,
Lionel,Mathias,Noël,Pierrick,Quentin,Rémy,Sylvain,Thibault,Ulrich,Valentin,Willy,Yoann,Raphaël,Joaquim,Benoît,Gaëtan,Maël,Rodolphe`

const elderWomanNames = `Marie,Monique,Françoise,Catherine,Jacqueline,Martine,Nicole,Christiane,Annie,Brigitte,Chantal,Michèle,Danielle,Josiane,
Évelyne,Simone,Colette,Bernadette,Marie-Thérèse,Odette,Yvette,Denise,Geneviève,Paulette,Thérèse,Ginette,Suzanne,Marcelle,Raymonde,
Lucienne,Renée,Andrée,Huguette,Madeleine,Gisèle,Élisabeth,Anne-Marie,Arlette,Éliane,Régine,Solange,Yolande,Maryvonne,Fatma,Zohra,
Khadidja,Maria,Rosa,Conceição,Giuseppina,Irène,Édith,Hélène,Béatrice,Agnès,Joëlle,Pierrette,Rolande,Mireille,Noëlle`

const elderManNames = `Jean,Michel,Pierre,André,Jacques,Bernard,Gérard,Claude,Daniel,Roger,Alain,Robert,Marcel,René,Christian,Henri,Georges,
Serge,Louis,Raymond,Maurice,Guy,Lucien,Roland,Gilbert,Yves,Joseph,Francis,Paul,Albert,Jean-Pierre,Jean-Claude,Jean-Paul,Jean-Louis,
Hubert,Fernand,Émile,Léon,Marcel-André,Gaston,Rémi,Étienne,Noël,Félix,Édouard,Armand,Mohammed,Ali,Saïd,Manuel,João,Francesco,
Stanislas,Antoine,Edmond,Eugène,Joël,Régis,Désiré,Barthélémy`

const streetNames = `des Tilleuls
de l'Église
des Érables
du Moulin
de la Gare
des Écoles
de la Fontaine
des Lilas
du Lavoir
du Château-d'Eau
de la Mairie
des Acacias
du Stade
des Rosiers
de la Forêt
des Peupliers
du Puits
des Jardins
de la Paix
des Alouettes
du Pré-aux-Clercs
de l'Étang
des Vignes
de la Croix-Blanche
des Œillets
du Bœuf-Gris
de l'Abreuvoir
des Noisetiers
du Vieux-Pont
de la Chaussée
des Hirondelles
du Grand-Chêne
de l'Ancienne-Poste
des Trois-Fées
de la Lune-Rousse
du Chat-qui-Pêche
des Quatre-Vents
du Bout-du-Monde
de l'Île-aux-Mots
des Mésanges`

const townStems = `VILLEFICTIVE,AUTREVILLE,SONGEVAL,MONTCANULAR,FABLEVILLE,CHIMÈRES,NULLEPART,MIRAGEAC,SAINT-FICTIF,INVENTIVILLE,LUBIES,
BOURG-IMAGINAIRE,PLOUFICTIF,ILLUSOIRES,FANTAISIES,UTOPIE,CONTEFLEUR,LÉGENDAC,VRAISEMBLANCE,SUPPOSÉ,HYPOTHÈSE,PRÉTEXTE,ROMANVILLE,
L'ÎLE-AUX-MOTS,LA CHAPELLE-AUX-SONGES,BELLE-ÉNIGME,FAUXBOURG,CHÂTEAU-EN-L'AIR,RÊVIGNY,PARADOXE`

const townEndings = `,-SUR-BRUME,-LES-SONGES,-EN-FABLE,-LE-VIEUX,-LA-NEUVE,-SOUS-MIRAGE,-AUX-NUÉES,-LE-HAUT,-LE-BAS,-EN-CONTE,-SUR-ENCRE,
-LES-ÉTANGS,-L'OUBLIÉE,-AU-BOIS,-EN-SOMME,-LA-FORÊT,-LEZ-PLUME,-SUR-LETTRE,-LE-PETIT`

const schoolNames = `LES TILLEULS,JEAN FICTIF,LES QUATRE VENTS,LA FONTAINE AUX FÉES,DU BOIS-JOLI,LES ALOUETTES,LA LUNE ROUSSE,
L'ÎLE AUX MOTS,LES TROIS FÉES,DU VIEUX-PONT,LES ACACIAS,LE GRAND CHÊNE,LA CLÉ DES CHAMPS,MARIE IMAGINAIRE,LE CHAT PERCHÉ,
LES HIRONDELLES,DU CHÂTEAU D'EAU,LE PETIT PRÉ,L'ARC-EN-CIEL,LES ŒILLETS,PAUL SUPPOSÉ,LA RÉCRÉATION,LES MARRONNIERS,
DE L'ÉTANG,LE BŒUF GRIS,LES NOISETIERS,ANNE INVENTÉE,LA GARENNE,LES COQUELICOTS,DU BOUT DU MONDE`
